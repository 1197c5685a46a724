"""`sw.ablate` against f − A f computed point by point: means by hand, draws by the oracle, values put in by Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, SymwickError, TooLarge, UnknownVariable
from symwick.functions.expression import product_sum
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, partitions, points, polynomials, rationals, tables
from tests.refusals import refuses

X = sympy.symbols("x0:4")
x, y, z = sympy.symbols("x y z")
ROWS = {(0, 0): Fraction(1, 2), (0, 1): Fraction(1, 8), (1, 0): Fraction(1, 8), (1, 1): Fraction(1, 4)}
P = sw.Finite(ROWS, [x, y])
TABLE = {(0, 0): 1, (0, 1): 2, (1, 0): 3, (1, 1): Fraction(5, 2)}
XOR = sw.Finite({(a, b, a ^ b): "1/4" for a, b in product((0, 1), repeat=2)}, [x, y, z])

Weights = Mapping[Any, Fraction]
Blocks = Sequence[Sequence[int]]
Function = Callable[[Any], Any]


def named(point: Sequence[Any], variables: Sequence[sympy.Symbol] = X) -> dict[sympy.Symbol, Any]:
    return dict(zip(variables, point, strict=False))


def mean(f: Function, weights: Weights) -> Fraction:
    return sum((w * f(point) for point, w in weights.items() if w), Fraction(0))


def polynomial(f: sympy.Expr, variables: Sequence[sympy.Symbol]) -> Function:
    """A polynomial as a function of a point, in Fractions."""
    terms = [(powers, Fraction(int(c.p), int(c.q))) for powers, c in sympy.Poly(f, *variables).terms()]

    def value(point: Any) -> Fraction:
        total = Fraction(0)
        for powers, c in terms:
            for coordinate, power in zip(point, powers, strict=True):
                c *= Fraction(coordinate) ** power
            total += c
        return total

    return value


def put(f: Function, values: Mapping[int, Any]) -> Function:
    return lambda point: f(tuple(values.get(i, v) for i, v in enumerate(point)))


def drawn(f: Function, weights: Weights, draws: Any, blocks: Blocks) -> Function:
    """E_B1 ⋯ E_Bm f."""
    for block in draws:
        f = (lambda g, B: lambda point: oracle.expect(g, weights, B, tuple(point), blocks))(f, frozenset(block))
    return f


class Case:
    """An ablation drawn at random: the arguments of `sw.ablate`, and A f by hand."""

    def __init__(self, data: st.DataObject, weights: Weights, blocks: Blocks | None, knock: Callable[[int], Any]) -> None:
        n = len(next(iter(weights)))
        self.weights = weights
        self.blocks = [[i] for i in range(n)] if blocks is None else blocks
        keys = list(X[:n]) if blocks is None else [f"b{i}" for i in range(len(blocks))]
        self.inputs = None if blocks is None else {k: [X[i] for i in b] for k, b in zip(keys, blocks, strict=True)}
        everything = range(len(self.blocks))
        ablated = sorted(data.draw(st.sets(st.sampled_from(everything), min_size=1)))
        self.how: dict[Any, Any] = {}
        self.values: dict[int, Any] = {}
        resampled = []
        for i in data.draw(st.permutations(ablated)):
            kind = data.draw(st.sampled_from(["resample", "mean", "value", "values"]))
            if kind == "resample":
                resampled.append(i)
                self.how[keys[i]] = kind
            elif kind == "mean":
                self.how[keys[i]] = kind
                self.values |= {j: mean(lambda point, j=j: point[j], weights) for j in self.blocks[i]}
            else:
                new = {j: data.draw(knock(j)) for j in self.blocks[i]}
                if kind == "value" and len(set(new.values())) == 1:
                    self.how[keys[i]] = next(iter(new.values()))
                else:
                    self.how[keys[i]] = {X[j]: value for j, value in new.items()}
                self.values |= new
        self.draws: Any = data.draw(st.sampled_from(["joint", "independent", "partition"]))
        if self.draws == "partition":
            self.apart: Any = [sorted(b) for b in data.draw(partitions(resampled))]
            self.draws = [[keys[i] for i in block] for block in self.apart]
        else:
            self.apart = [resampled] if self.draws == "joint" else [[i] for i in resampled]
        self.apart = [block for block in self.apart if block]
        self.rest = [i for i in everything if i not in ablated]
        self.keys = keys

    def after(self, f: Function) -> Function:
        """A f."""
        return drawn(put(f, self.values), self.weights, self.apart, self.blocks)

    def agrees(self, f: Any, by_hand: Function, law: sw.Law, at: Any) -> None:
        """Effects, with the others fixed and averaged, and their mean, of f given in any way."""
        after = self.after(by_hand)

        def effect(point: Any) -> Fraction:
            return Fraction(by_hand(point)) - after(point)

        lost = sw.ablate(f, law, self.how, draws=self.draws, inputs=self.inputs)
        assert lost.at(named(at)) == lost.effect.at(named(at)) == effect(at)
        assert lost.before.at(named(at)) == by_hand(at)
        assert lost.after.at(named(at)) == after(at)
        assert lost.mean.value == mean(effect, self.weights)
        assert lost.draws == frozenset(frozenset(self.keys[i] for i in block) for block in self.apart)
        there = sw.ablate(f, law, self.how, named(at), draws=self.draws, inputs=self.inputs, others="average")
        assert there.value == there.effect.at(named(at)) == oracle.expect(effect, self.weights, self.rest, at, self.blocks)
        assert there.mean.value == lost.mean.value


# -- against the definition -------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=25)
def test_any_ablation_of_a_polynomial_and_of_the_callable_that_computes_it(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    blocks = data.draw(st.none() | blockings(n))
    case = Case(data, weights, blocks, lambda j: rationals())
    f = sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2)))
    at = data.draw(points(weights))
    by_hand = polynomial(f, X[:n])
    case.agrees(f, by_hand, law, at)
    # a callable is called with means and knock-out values that the law never takes; its form lives on the grid of the rest
    on_grid = data.draw(points(weights, on_grid=True))
    case.agrees(lambda *point: by_hand(point), by_hand, law, on_grid)


@given(data=st.data())
@settings(max_examples=25)
def test_any_ablation_of_a_table_given_as_dict_or_array(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    table = data.draw(tables(weights))
    supports = [law.support(v) for v in X[:n]]
    blocks = data.draw(st.none() | blockings(n))
    case = Case(data, weights, blocks, lambda j: st.sampled_from(supports[j]))
    off = {j: v for j, v in case.values.items() if v not in supports[j]}  # a mean between the points of the support
    array = np.empty([len(column) for column in supports], dtype=object)
    for place in np.ndindex(*array.shape):
        array[place] = table[tuple(Fraction(column[i]) for column, i in zip(supports, place, strict=True))]
    at = data.draw(points(weights, on_grid=True))
    for f in (table, array):
        if off:
            with pytest.raises(InvalidArgument, match=r"^Argument 'how' asks for f at .*, where the table has no value\.$"):
                sw.ablate(f, law, case.how, draws=case.draws, inputs=case.inputs)
        else:
            case.agrees(f, lambda point: table[tuple(map(Fraction, point))], law, at)


@given(data=st.data())
@settings(max_examples=15)
def test_given_is_the_same_question_under_the_conditioned_law(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    known = data.draw(st.sampled_from(law.support(X[1])))
    event = {p: w for p, w in weights.items() if w and p[1] == known}
    conditioned = {(p[0], p[2]): w / sum(event.values()) for p, w in event.items()}
    f = sympy.sympify(data.draw(polynomials(X[:3], max_exponent=2)))
    by_hand = polynomial(f, X[:3])

    def left(point: Any) -> Any:
        return by_hand((point[0], known, point[1]))

    kinds = {"resample", "mean", 0}
    how = {v: data.draw(st.sampled_from(sorted(kinds, key=str))) for v in (X[0], X[2])}
    values = {i: mean(lambda p, i=i: p[i], conditioned) if how[v] == "mean" else 0
              for i, v in enumerate((X[0], X[2])) if how[v] != "resample"}  # fmt: skip
    together = [i for i, v in enumerate((X[0], X[2])) if how[v] == "resample"]
    after = drawn(put(left, values), conditioned, [together] if together else [], [[0], [1]])
    at = data.draw(points(conditioned))
    point = {X[0]: at[0], X[2]: at[1]}
    for g in (f, lambda *whole: by_hand(whole)):
        on = at if g is f else data.draw(points(conditioned, on_grid=True))
        point = {X[0]: on[0], X[2]: on[1]}
        lost = sw.ablate(g, law, how, given={X[1]: known})
        assert lost.at(point) == lost.at({**point, "x1": known}) == left(on) - after(on)
        assert lost.mean.value == mean(lambda p: left(p) - after(p), conditioned)
    # blocks shrink by what is known; a block of known variables is gone
    blocked = sw.ablate(
        f, law, {"b": "resample"}, named((at[0], known, at[1])), given={"x1": known}, inputs={"b": X[:2], "c": [X[2]]}
    )
    assert blocked.value == left(at) - oracle.expect(left, conditioned, [0], at)
    gone = sw.ablate(f, law, {"b": "resample"}, point, given={"x1": known}, inputs={"b": [X[0], X[2]], "c": [X[1]]})
    assert gone.inputs.keys == ("b",)


@given(data=st.data())
@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
def test_a_float64_ablation_of_a_callable_is_near_the_exact_one(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    case = Case(data, weights, None, lambda j: rationals())
    by_hand = polynomial(sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2))), X[:n])
    at = named(data.draw(points(weights, on_grid=True)))
    exact = sw.ablate(lambda *point: by_hand(point), law, case.how, at, draws=case.draws)
    lost = sw.ablate(lambda *point: float(by_hand(point)), law, case.how, at, draws=case.draws, ring="float64")
    assert isinstance(lost.value, float)
    assert isinstance(lost.mean.value, float)
    for found, wanted in ((lost.value, exact.value), (lost.mean.value, exact.mean.value)):
        assert found == pytest.approx(float(wanted), abs=1e-9)


@pytest.mark.parametrize("how", [{"x": "resample"}, {"x": "mean"}, {"x": "resample", "y": 2}, {"x": "1/3"}, {"y": 0}], ids=str)
def test_a_float64_ablation_of_an_expression_is_near_the_exact_one(how: Any) -> None:
    for others in ("fixed", "average"):
        exact = sw.ablate("x*y + x/3", P, how, {"x": 1, "y": 1}, others=others)
        lost = sw.ablate("x*y + x/3", P, how, {"x": 1, "y": 1}, others=others, ring="float64")
        assert lost.value == pytest.approx(float(exact.value), abs=1e-12)
        assert lost.mean.value == pytest.approx(float(exact.mean.value), abs=1e-12)


# -- truth values: the multilinear extension ------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "truth"), [
    ("(x & y) | x", lambda a, b: (a and b) or a),
    ("x ^ y", lambda a, b: a ^ b),
    ("x | y", lambda a, b: a or b),
    ("~(x & ~y)", lambda a, b: int(not (a and not b))),
], ids=lambda part: part if isinstance(part, str) else "")  # fmt: skip
def test_truth_values_at_their_mean_are_the_multilinear_extension(text: str, truth: Any) -> None:
    def extension(p: Any, q: Any) -> Fraction:
        """Σ over corners, p and q the chances of 1: what f is at probabilities, the inputs drawn apart."""
        cells = product((0, 1), repeat=2)
        return sum((truth(a, b) * (p if a else 1 - p) * (q if b else 1 - q) for a, b in cells), Fraction(0))

    p = q = Fraction(3, 8)
    for how, values in (({"x": "mean"}, (p, None)), ({"y": "mean"}, (None, q)), ({"x": "mean", "y": "mean"}, (p, q)),
                        ({"x": "1/3"}, (Fraction(1, 3), None)), ({"x": 1, "y": "mean"}, (1, q))):  # fmt: skip
        lost = sw.ablate(text, P, how)
        for a, b in product((0, 1), repeat=2):
            put_in = tuple(Fraction(held if new is None else new) for held, new in zip((a, b), values, strict=True))
            assert lost.at({"x": a, "y": b}) == truth(a, b) - extension(*put_in)
    # drawing apart is the mean of all truth values
    apart = sw.ablate(text, P, {"x": "resample", "y": "resample"}, draws="independent")
    assert apart.effect.equals(sw.ablate(text, P, {"x": "mean", "y": "mean"}).effect)


def test_absorbed_truth_values_do_not_matter() -> None:
    assert sw.ablate("(x & y) | x", P, {"y": "mean"}).effect.is_zero()
    assert sw.ablate((x & y) | x, P, {"y": "resample"}).effect.is_zero()
    assert sw.ablate("(x & y) | x", P, {"x": 0}).effect.equals(x)


def test_a_truth_value_as_a_condition_is_refused_at_its_mean() -> None:
    f = sympy.Piecewise((2, x & y), (0, True))
    assert sw.ablate(f, P, {"y": 1}).at({"x": 1, "y": 0}) == -2
    refuses(
        InvalidArgument,
        "Argument 'how' puts y at 3/8, but f uses a truth value there.",
        lambda: sw.ablate(f, P, {"y": "mean"}).at({"x": 1, "y": 1}),
    )


# -- kinds of functions ----------------------------------------------------------------------------------------------


def test_functions_of_two_variables_that_do_not_factor() -> None:
    f = sympy.Max(x, y) + sympy.Abs(x - y) * x

    def value(point: Any) -> Fraction:
        p, q = map(Fraction, point)
        return max(p, q) + abs(p - q) * p

    for how, values, draws in (({"x": "mean"}, {0: Fraction(3, 8)}, []), ({"y": "resample"}, {}, [[1]]),
                               ({"x": 2, "y": "resample"}, {0: 2}, [[1]]),
                               ({"x": "resample", "y": "resample"}, {}, [[0, 1]])):  # fmt: skip
        after = drawn(put(value, values), ROWS, draws, [[0], [1]])
        lost = sw.ablate(f, P, how)
        for point in ROWS:
            assert lost.at(named(point, (x, y))) == lost.effect.at(named(point, (x, y))) == value(point) - after(point)
        assert lost.mean.value == mean(lambda p, after=after: value(p) - after(p), ROWS)


def test_a_table_may_hold_the_values_that_an_ablation_asks_for() -> None:
    table = {**TABLE, ("3/8", 0): 7, (Fraction(3, 8), 1): 8}
    lost = sw.ablate(table, P, {"x": "mean"})
    assert [lost.at({"x": p, "y": q}) for p, q in TABLE] == [TABLE[p, q] - (8 if q else 7) for p, q in TABLE]


def test_a_closed_form_is_ablated_as_what_it_says() -> None:
    form = sw.gwp("x*y", P)  # (x − 3/8)(y − 3/8) − 7/64
    lost = sw.ablate(form, P, {"x": "mean"})
    for a, b in [(0, 0), (1, 1), (7, Fraction(1, 3))]:
        assert lost.at({"x": a, "y": b}) == (a - Fraction(3, 8)) * (b - Fraction(3, 8))
    assert sw.ablate(form, P, {"x": "resample", "y": "resample"}).effect.equals(form)  # E_S ω_S f = 0
    assert sw.ablate(form, P, {"x": 2, "y": 1}).effect.equals(form - form.at({"x": 2, "y": 1}))


def test_a_closed_form_on_a_grid_is_ablated_on_the_grid() -> None:
    form = sw.gwp(TABLE, P)
    lost = sw.ablate(form, P, {"x": 1})
    for a, b in product((0, 1), repeat=2):
        assert lost.at({"x": a, "y": b}) == form.at({"x": a, "y": b}) - form.at({"x": 1, "y": b})
    assert sw.ablate(form, P, {"x": "resample", "y": "resample"}).effect.equals(form)


def test_a_function_of_some_of_the_variables() -> None:
    f = sw.function(lambda q, p: q - 3 * p * q, ["y", "x"])  # its own order of arguments
    lost = sw.ablate(f, P, {"x": "mean"})
    for a, b in product((0, 1), repeat=2):
        assert lost.at({"x": a, "y": b}) == -3 * (a - Fraction(3, 8)) * b
    only = sw.function(lambda q: q**2 + 1, ["y"])
    assert sw.ablate(only, P, {"x": 5}).effect.is_zero()
    assert sw.ablate(only, P, {"x": 5, "y": 7}).at({"x": 0, "y": 1}) == -48


def test_a_callable_is_called_off_the_support() -> None:
    called: list[Any] = []

    def f(p: Any, q: Any) -> Any:
        called.append((p, q))
        return p * q

    lost = sw.ablate(f, P, {"x": "mean", "y": -5})
    assert (Fraction(3, 8), -5) in called
    assert lost.at({"x": 1, "y": 1}) == 1 + Fraction(15, 8)


@pytest.mark.parametrize("f", [
    ("x*y", "x - y"), [x * y, x - y], sympy.Matrix([x * y, x - y]), lambda p, q: (p * q, p - q),
], ids=lambda f: type(f).__name__)  # fmt: skip
def test_several_outputs_as_a_tuple(f: Any) -> None:
    first, second = sw.ablate(f, P, {"x": "mean", "y": 0}, {"x": 1, "y": 1}, others="average")
    assert (first.value, second.value) == (1, -Fraction(3, 8))


def test_several_outputs_as_a_dict() -> None:
    for f in ({"u": "x*y", "v": lambda p, q: p - q}, lambda p, q: {"u": p * q, "v": p - q}):
        found = sw.ablate(f, P, {"x": "resample"})
        assert {name: lost.at({"x": 1, "y": 1}) for name, lost in found.items()} == {"u": Fraction(5, 8), "v": Fraction(5, 8)}
        assert {name: lost.mean.value for name, lost in found.items()} == {"u": Fraction(7, 64), "v": 0}


def test_several_tables_at_once() -> None:
    zeros = np.zeros((2, 2), dtype=int)
    table, zero = sw.ablate([TABLE, zeros], P, {"x": 0})
    assert table.at({"x": 1, "y": 1}) == Fraction(1, 2)
    assert zero.effect.is_zero()


def test_one_variable() -> None:
    law = sw.Finite({-1: "1/3", 2: "2/3"}, ["x"])
    for how, value in (({"x": "resample"}, 3), ({"x": "mean"}, 1), ({"x": 0}, 0), ({"x": "3/2"}, Fraction(9, 4))):
        lost = sw.ablate("x**2", law, how)
        assert lost.effect.equals(x**2 - value)
        assert lost.mean.value == 3 - value
    assert "dependent" not in repr(sw.ablate("x**2", law, {"x": "mean"}))


@pytest.mark.parametrize("f", [0, 7, "5/3", sympy.Integer(2), lambda p, q: 4], ids=lambda f: type(f).__name__)
def test_a_constant_loses_nothing(f: Any) -> None:
    lost = sw.ablate(f, P, {"x": "mean", "y": "resample"})
    assert lost.effect.is_zero()
    assert lost.value == lost.mean.value == 0


def test_a_knock_out_by_a_parameter() -> None:
    b, c = sympy.symbols("b c")
    assert sw.ablate("x*y + x**2", P, {"x": b}).effect.equals(x * y + x**2 - b * y - b**2)
    lost = sw.ablate("x*y", P, {"x": b, "y": c + 1})
    assert lost.effect.equals(x * y - b * (c + 1))
    assert lost.mean.equals(Fraction(1, 4) - b * (c + 1))
    both = sw.ablate("x*y", P, {"x": b, "y": "resample"})
    assert both.mean.equals(Fraction(1, 4) - b * Fraction(3, 8))
    assert repr(lost).splitlines()[0] == "Ablation: x at b, y at c + 1"
    assert sw.ablate("x*y", P, {"x": sympy.sqrt(2)}).effect.equals(x * y - sympy.sqrt(2) * y)


def test_spellings_of_an_exact_value() -> None:
    for value in ("1/2", Fraction(1, 2), sympy.Rational(1, 2), "0.5"):
        assert sw.ablate("x*y", P, {x: value}).effect.equals(x * y - y / 2)
    assert sw.ablate("x*y", P, {"x": np.int64(2)}).effect.equals(x * y - 2 * y)


# -- symbolic laws ---------------------------------------------------------------------------------------------------


def test_moments_by_name() -> None:
    law = sw.Moments([x, y, z])
    m = {names: law.moment(list(names)) for names in ("x", "y", "z", "xy", "xyz")}
    assert sw.ablate("x*y*z", law, {"x": "resample"}).effect.equals(x * y * z - m["x"] * y * z)
    together = sw.ablate("x*y*z", law, {"x": "resample", "y": "resample"})
    assert together.effect.equals(x * y * z - m["xy"] * z)
    assert together.mean.equals(m["xyz"] - m["xy"] * m["z"])
    apart = sw.ablate("x*y*z", law, {"x": "resample", "y": "resample"}, draws="independent")
    assert apart.effect.equals(x * y * z - m["x"] * m["y"] * z)
    mixed = sw.ablate("x*y*z", law, {"x": "mean", "y": "resample", "z": 3}, others="average")
    assert mixed.effect.equals(x * y * z - 3 * m["x"] * m["y"])
    averaged = sw.ablate("x*y*z", law, {"x": "mean"}, others="average")
    assert averaged.effect.equals((x - m["x"]) * law.moment(["y", "z"]))


def test_a_normal_law_with_parameters() -> None:
    m, v, c = sympy.symbols("m v c")
    law = sw.MultivariateNormal([x, y], [m, 1], [[v, c], [c, 2]])
    assert sw.ablate("x**2*y", law, {"x": "resample"}).effect.equals(x**2 * y - (m**2 + v) * y)
    assert sw.ablate("x**2*y", law, {"x": "mean"}).effect.equals(x**2 * y - m**2 * y)
    # E[x² y] = (m² + v) + 2 m c
    joint = m**2 + v + 2 * m * c
    assert sw.ablate("x**2*y", law, {"x": "resample", "y": "resample"}).mean.is_zero()
    apart = sw.ablate("x**2*y", law, {"x": "resample", "y": "resample"}, draws=[["x"], ["y"]])
    assert apart.mean.equals(joint - (m**2 + v))
    assert sw.ablate("x**2*y", law, {"x": "mean", "y": "mean"}).mean.equals(joint - m**2)
    # given y the law of x is normal, of mean m + c (y − 1) / 2 and variance v − c² / 2
    known = sw.ablate("x**2*y", law, {"x": "resample"}, given={"y": 3})
    assert known.effect.equals(3 * x**2 - 3 * ((m + c) ** 2 + v - c**2 / 2))


def test_independent_parts_with_parameters() -> None:
    law = sw.Independent({x: sw.Exponential("r"), (y, z): sw.Moments(["u", "w"])})
    r = sympy.Symbol("r")
    lost = sw.ablate("x**2*y*z", law, {"x": "resample", "y": "mean"})
    assert lost.effect.equals(x**2 * y * z - 2 / r**2 * law.moment(["y"]) * z)
    assert lost.mean.equals(2 / r**2 * (law.moment(["y", "z"]) - law.moment(["y"]) * law.moment(["z"])))


def test_draws_apart_from_three_parts_of_a_dependent_law() -> None:
    lost = sw.ablate("x*y*z", XOR, dict.fromkeys("xyz", "resample"), draws=[["x", "y"], "z"])
    assert lost.effect.equals(x * y * z - Fraction(1, 8))
    assert lost.draws == frozenset({frozenset({x, y}), frozenset({z})})
    assert lost.mean.value == -Fraction(1, 8)
    assert sw.ablate("x*y*z", XOR, dict.fromkeys("xyz", "resample")).mean.value == 0


def test_laws_of_other_kinds() -> None:
    seen = sw.Empirical([[0, 0], [1, 1], [1, 1], [2, 1]], ["x", "y"])
    assert sw.ablate("x*y", seen, {"x": "resample"}).effect.equals(x * y - y)
    mixture = sw.Mixture([(Fraction(1, 2), sw.Finite({(0, 0): 1}, [x, y])), (Fraction(1, 2), sw.Finite({(1, 2): 1}, [x, y]))])
    assert sw.ablate("x*y", mixture, {"x": "mean"}).mean.value == 1 - Fraction(1, 2)
    counts = sw.Independent({"x": sw.Poisson(3), "y": sw.Geometric("1/2")})
    assert sw.ablate("x**2*y", counts, {"x": "resample"}).effect.equals(x**2 * y - 12 * y)


def test_means_of_data_read_as_floats() -> None:
    seen = sw.Empirical([[0.5, 1.0], [1.0, 2.0]], ["x", "y"], numbers="float64")
    for f in ("x*y", lambda p, q: p * q):
        lost = sw.ablate(f, seen, {"x": "mean"}, ring="float64")
        assert lost.at({"x": 1, "y": 2}) == pytest.approx(0.5)


# -- what it says -----------------------------------------------------------------------------------------------------


def test_repr_says_who_is_resampled_and_that_inputs_are_dependent() -> None:
    assert repr(sw.ablate("x*y", P, {"x": "resample"}, {"x": 1, "y": 1})) == (
        "Ablation: x resampled; y fixed\n"
        "  dependent inputs: {x, y}; a draw does not look at the inputs that stay\n"
        "  effect: x*y - 3*y/8\n"
        "  at x = 1, y = 1: 5/8\n"
        "  on average: 7/64"
    )
    assert repr(sw.ablate("x*y", P, {"x": "mean", "y": 0})) == (
        "Ablation: x at its mean 3/8, y at 0\n  dependent inputs: {x, y}\n  effect: x*y\n  on average: 1/4"
    )


def test_repr_says_whether_inputs_are_drawn_together_or_apart() -> None:
    how = dict.fromkeys("xyz", "resample")
    assert "\n  drawn together: {x, y, z}\n" in repr(sw.ablate("x*y*z", XOR, how))
    assert "\n  drawn apart: {x}, {y}, {z}\n" in repr(sw.ablate("x*y*z", XOR, how, draws="independent"))
    assert "\n  drawn apart: {x, y}, {z}\n" in repr(sw.ablate("x*y*z", XOR, how, draws=[["x", "y"], ["z"]]))
    assert "drawn" not in repr(sw.ablate("x*y*z", XOR, {"x": "resample"}))
    assert "drawn" not in repr(sw.ablate("x*y*z", XOR, {"x": "mean", "y": 0}))


def test_repr_says_what_happens_to_the_others_and_what_is_given() -> None:
    assert repr(sw.ablate("x*y*z", XOR, {"x": "resample"}, others="average")).startswith(
        "Ablation: x resampled; y, z averaged\n"
    )
    assert repr(sw.ablate("x*y*z", XOR, {"x": "resample"}, {"x": 1, "y": 1}, given={"z": 0})) == (
        "Ablation: x resampled; y fixed\n  given z = 0\n"
        "  dependent inputs: {x, y}; a draw does not look at the inputs that stay\n"
        "  effect: 0\n  at x = 1, y = 1: 0\n  on average: 0"
    )
    independent = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
    assert "\n  independent inputs\n" in repr(sw.ablate("x*y", independent, {"x": "resample"}))


def test_repr_of_blocks() -> None:
    blocks = {"left": ["x", "z"], "right": ["y"]}
    lost = sw.ablate("x*y*z", XOR, {"left": {"x": 1, "z": 0}, "right": "resample"}, inputs=blocks)
    assert repr(lost).splitlines()[:2] == [
        "Ablation: left at (x = 1, z = 0), right resampled", "  dependent inputs: {left, right}"
    ]  # fmt: skip
    assert "left at its mean (x = 1/2, z = 1/2); right fixed" in repr(
        sw.ablate("x*y*z", XOR, {"left": "mean"}, inputs=blocks)
    )


def test_latex_is_that_of_the_effect() -> None:
    lost = sw.ablate("x*y", P, {"x": "mean"})
    assert lost.latex() == lost.effect.latex()
    assert lost._repr_latex_() == lost.effect._repr_latex_()


# -- refusals, whole sentences ----------------------------------------------------------------------------------------

HINT = "Write it as text ('0.5'), as a Fraction or as a sympy Rational; or ask for ring='float64' where that is offered."
DRAWS = "Argument 'draws' must be 'joint', 'independent' or a partition of the resampled inputs, not "
BLOCK = {"b": ["x", "y"]}
BOTH = {"x": "resample", "y": "resample"}


@pytest.mark.parametrize(("kind", "text", "work"), [
    (InvalidArgument, "Argument 'how' must say 'resample', 'mean' or an exact value for x, not 'zero'.",
     lambda: sw.ablate("x*y", P, {"x": "zero"})),
    (InvalidArgument, "Argument 'how' must map inputs to 'resample', 'mean' or a value, not be ['x'].",
     lambda: sw.ablate("x*y", P, ["x"])),
    (InvalidArgument, "Argument 'how' must map inputs to 'resample', 'mean' or a value, not be 'x'.",
     lambda: sw.ablate("x*y", P, "x")),
    (InvalidArgument, "Argument 'how' must ablate at least one input; it is empty.", lambda: sw.ablate("x*y", P, {})),
    (InvalidArgument, "Argument 'how' must name each input once, but x comes twice.",
     lambda: sw.ablate("x*y", P, {"x": "mean", x: 0})),
    (UnknownVariable, "Argument 'how' names q, which is no input; the inputs are: x, y.",
     lambda: sw.ablate("x*y", P, {"q": "mean"})),
    (UnknownVariable, "Argument 'how' names x, which is no input; the inputs are: b.",
     lambda: sw.ablate("x*y", P, {"x": "mean"}, inputs=BLOCK)),
    (UnknownVariable, "Argument 'how' names y, which is no input; the inputs are: x.",
     lambda: sw.ablate("x*y", P, {"y": "resample"}, given={"y": 1})),
    (InvalidArgument, "Argument 'how' must consist of inputs given by symbol or name, not 3.",
     lambda: sw.ablate("x*y", P, {3: "mean"})),
    (InexactError, f"Argument 'how[x]' must be exact, not the float 0.5. {HINT}", lambda: sw.ablate("x*y", P, {"x": 0.5})),
    (InexactError, f"Argument 'how[b]' must be exact, not the float 0.5. {HINT}",
     lambda: sw.ablate("x*y", P, {"b": {"x": 0.5, "y": 0}}, inputs=BLOCK)),
    (InvalidArgument, "Argument 'how' must say 'resample', 'mean' or an exact value for x, not None.",
     lambda: sw.ablate("x*y", P, {"x": None})),
    (InvalidArgument, "Argument 'how' must not put x at an expression in the variable y.",
     lambda: sw.ablate("x*y", P, {"x": y + 1})),
    (InvalidArgument, "Argument 'how' must not put x at an expression in the variable x.",
     lambda: sw.ablate("x*y", P, {"x": 2 * x})),
    (InvalidArgument, "Argument 'how' must put x at a number, not b, for a callable or table.",
     lambda: sw.ablate(TABLE, P, {"x": sympy.Symbol("b")})),
    (InvalidArgument, "Argument 'how[b]' must give a value for y.", lambda: sw.ablate("x*y", P, {"b": {"x": 1}}, inputs=BLOCK)),
    (UnknownVariable, "Argument 'how[b]' names q, which the block b lacks; it has: x, y.",
     lambda: sw.ablate("x*y", P, {"b": {"x": 1, "q": 2}}, inputs=BLOCK)),
    (InvalidArgument, "Argument 'how' asks for f at x = 3/8, y = 0, where the table has no value.",
     lambda: sw.ablate(TABLE, P, {"x": "mean"})),
    (InvalidArgument, "Argument 'how' asks for f at x = 5, y = 0, where the table has no value.",
     lambda: sw.ablate(np.ones((2, 2), dtype=int), P, {"x": 5})),
    (InvalidArgument, "Argument 'others' must be 'fixed' or 'average', not 'held'.",
     lambda: sw.ablate("x*y", P, {"x": "mean"}, others="held")),
    (InvalidArgument, f"{DRAWS}'apart'.", lambda: sw.ablate("x*y", P, BOTH, draws="apart")),
    (InvalidArgument, f"{DRAWS}3.", lambda: sw.ablate("x*y", P, BOTH, draws=3)),
    (InvalidArgument, "Argument 'draws' must put each resampled input (x) in one block, not be [['x', 'y']].",
     lambda: sw.ablate("x*y", P, {"x": "resample"}, draws=[["x", "y"]])),
    (InvalidArgument, "Argument 'draws' must put each resampled input (x, y) in one block, not be [['x']].",
     lambda: sw.ablate("x*y", P, BOTH, draws=[["x"]])),
    (InvalidArgument, "Argument 'draws' must put each resampled input (x, y) in one block, not be [['x', 'y'], ['y']].",
     lambda: sw.ablate("x*y", P, BOTH, draws=[["x", "y"], ["y"]])),
    (InvalidArgument, "Argument 'draws' must put each resampled input (x, y) in one block, not be [['x', 'y'], []].",
     lambda: sw.ablate("x*y", P, BOTH, draws=[["x", "y"], []])),
    (InvalidArgument, "Argument 'draws' must put each resampled input (none) in one block, not be [['x']].",
     lambda: sw.ablate("x*y", P, {"x": "mean"}, draws=[["x"]])),
    (UnknownVariable, "Argument 'draws' names q, which is no input; the inputs are: x, y.",
     lambda: sw.ablate("x*y", P, BOTH, draws=[["x", "q"]])),
    (InvalidArgument, "Argument 'given' must have positive probability, but y = 7 has probability 0.",
     lambda: sw.ablate("x*y", P, {"x": "resample"}, given={"y": 7})),
    (UnknownVariable, "Argument 'given' names q, which the law lacks; it has: x, y.",
     lambda: sw.ablate("x*y", P, {"x": "resample"}, given={"q": 1})),
    (InvalidArgument, "Argument 'given' must map variables to values, not be [1].",
     lambda: sw.ablate("x*y", P, {"x": "resample"}, given=[1])),
    (InexactError, f"Argument 'given[y]' must be exact, not the float 0.5. {HINT}",
     lambda: sw.ablate("x*y", P, {"x": "resample"}, given={"y": 0.5})),
    (NoClosedForm, "The law of x given y under Moments([x, y]) is not known.",
     lambda: sw.ablate("x*y", sw.Moments(["x", "y"]), {"x": "resample"}, given={"y": 1})),
    (InvalidArgument, "Argument 'at' must agree with 'given': y is 1, not 0.",
     lambda: sw.ablate("x*y", P, {"x": "resample"}, {"x": 1, "y": 0}, given={"y": 1})),
    (InvalidArgument, "Argument 'at' must give every variable of the form; it lacks y.",
     lambda: sw.ablate("x*y", P, {"x": "mean"}, {"x": 1})),
    (UnknownVariable, "Argument 'at' names q, which the form lacks; it has: x, y.",
     lambda: sw.ablate("x*y", P, {"x": "mean"}, {"x": 1, "y": 1, "q": 1})),
    (InexactError, f"Argument 'at[x]' must be exact, not the float 0.5. {HINT}",
     lambda: sw.ablate("x*y", P, {"x": "mean"}, {"x": 0.5, "y": 1})),
    (InvalidArgument, ".value needs a form without variables; this one depends on x, y: use .at(point).",
     lambda: sw.ablate("x*y", P, {"x": "mean"}).value),
    (InvalidArgument, "Argument 'P' must be a law (Finite, Empirical, Independent, …), not {(0,): 1}.",
     lambda: sw.ablate("x", {(0,): 1}, {"x": 0}, given={"x": 0})),
    (InvalidArgument, "Argument 'ring' must be one of exact, float64, not 'float32'.",
     lambda: sw.ablate("x*y", P, {"x": 0}, ring="float32")),
    (InvalidArgument, "Argument 'limit' must be an integer that is at least 1, not 0.",
     lambda: sw.ablate("x*y", P, {"x": 0}, limit=0)),
], ids=lambda part: part[:70] if isinstance(part, str) else None)  # fmt: skip
def test_refusals(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refuses(kind, text, work)


def test_a_point_that_is_no_mapping_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgument, match=r"Argument '(at|point)' must map variables to values, not be \[1, 1\]\."):
        sw.ablate("x*y", P, {"x": "mean"}, [1, 1])


def test_too_large_a_table_says_so() -> None:
    law = sw.Independent({f"x{i}": sw.Bernoulli("1/2") for i in range(12)})
    with pytest.raises(TooLarge):
        sw.ablate(lambda *point: max(point), law, {"x0": 0}, limit=100)


def test_a_circuit_is_ablated_under_symbolic_laws_as_its_expression_is() -> None:
    unknown = sw.Moments(["x", "y"])
    circuit = sw.trace(lambda a, b: a * b, ["x", "y"])
    for how in ({"x": "mean"}, {"x": sympy.pi}, {"x": sympy.Symbol("a")}, {"x": "resample", "y": 2}):
        assert sw.ablate(circuit, unknown, how).effect.equals(sw.ablate("x*y", unknown, how).effect)


def test_the_limit_reaches_the_reading_of_truth_values(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    def read(f: Any, variables: Any, limit: int = 0) -> Any:
        limits.append(limit)
        return product_sum(f, variables, limit)

    monkeypatch.setattr("symwick.decompose.attribution.restriction.product_sum", read)
    assert sw.ablate("x ^ y", P, {"x": "mean"}, limit=12_000_000).mean.value == sw.ablate("x ^ y", P, {"x": "mean"}).mean.value
    assert sw.ablate("x ^ y", P, {"x": 0}, given={"y": 1}, limit=99).mean.value == -Fraction(2, 3)
    bits = sw.Independent({v: sw.Bernoulli("1/2") for v in "xyz"})
    assert sw.interaction_check("x ^ y ^ z", bits, ["x", "y"], given={"z": 1}, limit=98).gap.at({"x": 1, "y": 1}) != 0
    assert limits == [12_000_000, 10_000_000, 99, 98]


@pytest.mark.parametrize(("f", "effect"), [
    ("1 - x*y", "y*(-x + 3/4)"), ("2*x + y + 3*x*y", "3*x*y + 2*x - 9*y/4 - 3/2"), ("x*y", "x*y - 3*y/4"), ("y", "0"),
    ("(x - 1/3)*(y - 2) + a*x", "(4*x - 3)*(y + a - 2)/4"), ("x ^ y", "-2*x*y + x + 3*y/2 - 3/4"),
])  # fmt: skip
def test_small_effects_are_written_short(f: str, effect: str) -> None:
    law = sw.Independent({v: sw.Bernoulli("3/4") for v in "xy"})
    found = sw.ablate(f, law, {"x": "resample"})
    assert str(found.effect) == effect
    assert f"  effect: {effect}" in repr(found).splitlines()
    assert found.effect == found.before - found.after


def test_large_effects_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def no(form: Any) -> Any:
        raise AssertionError("a large form is written anew")

    law = sw.Independent({f"x{i}": sw.Bernoulli("3/4") for i in range(8)})
    monkeypatch.setattr(sw.ClosedForm, "simplify", no)
    f = " * ".join(f"(1 + x{i})" for i in range(8))
    assert sw.ablate(f, law, {"x0": "resample"}).effect.at(dict.fromkeys(law.variables, 1)) == 256 - 128 * Fraction(7, 4)
    table = sw.ablate(lambda *point: max(point), law, {"x0": "resample"}, ring="float64")
    assert isinstance(table.effect.at(dict.fromkeys(law.variables, 0)), float)
