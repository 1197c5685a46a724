"""Set power series: identities of the ring, engines against each other, lazily and as whole arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra import dense_series, set_series
from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.partitions import mask_partitions
from symwick.algebra.rings import FLOAT64, FRACTION, RATIONAL
from symwick.algebra.set_series import OperatorAction, SetSeries, divide, exp, inverse, log, product, submasks, unit
from symwick.errors import InvalidArgument

RINGS = [FRACTION, RATIONAL]
small = st.fractions(min_value=-3, max_value=3, max_denominator=5)


def coefficients(n: int, constant: int) -> st.SearchStrategy[list[Fraction]]:
    rest = st.lists(small, min_size=2**n - 1, max_size=2**n - 1)
    return rest.map(lambda values: [Fraction(constant), *values])


def series(ring: Any, values: list[Fraction]) -> SetSeries[Any]:
    return SetSeries(ring, lambda mask: ring.coerce(values[mask]))


@pytest.mark.parametrize("ring", RINGS, ids=lambda ring: ring.name)
@given(values=coefficients(4, 1))
def test_inverse_log_and_exp_are_what_their_names_say(ring: Any, values: list[Fraction]) -> None:
    a = series(ring, values)
    one = product(a, inverse(a))
    back = exp(log(a))
    for mask in range(16):
        assert one[mask] == (ring.zero if mask else ring.one)
        assert back[mask] == a[mask]


@given(values=coefficients(4, 1), others=coefficients(4, 1))
def test_log_turns_products_into_sums(values: list[Fraction], others: list[Fraction]) -> None:
    a, b = series(RATIONAL, values), series(RATIONAL, others)
    together, first, second = log(product(a, b)), log(a), log(b)
    quotient = divide(product(a, b), b)
    for mask in range(16):
        assert together[mask] == first[mask] + second[mask]
        assert quotient[mask] == a[mask]


@given(values=coefficients(4, 1))
def test_the_sums_over_partitions_that_are_never_written_out(values: list[Fraction]) -> None:
    kappa, rho = log(series(FRACTION, values)), inverse(series(FRACTION, values))
    factorial = [1, 1, 2, 6, 24]
    for mask in range(1, 16):
        written_log, written_inverse = Fraction(0), Fraction(0)
        for blocks in mask_partitions(mask):
            term = Fraction((-1) ** (len(blocks) - 1) * factorial[len(blocks) - 1])
            other = Fraction((-1) ** len(blocks) * factorial[len(blocks)])
            for block in blocks:
                term *= values[block]
                other *= values[block]
            written_log += term
            written_inverse += other
        assert kappa[mask] == written_log
        assert rho[mask] == written_inverse


@given(values=coefficients(3, 1))
def test_balls_contain_the_exact_coefficients(values: list[Fraction]) -> None:
    floats, exact = series(FLOAT64, values), series(FRACTION, values)
    for operation in (inverse, log):
        ball, truth = operation(floats), operation(exact)
        assert all(ball[mask].contains(truth[mask]) for mask in range(8))


def test_commuting_operators_act_on_a_module() -> None:
    # operators: multiplication by a number; then every result is that of the ring, applied to f = 10
    numbers = [Fraction(v) for v in (1, 2, 3, 7, 5, 11, 13, 17)]
    action: OperatorAction[Fraction] = OperatorAction(Fraction(0))
    operators: SetSeries[Any] = SetSeries(action, lambda mask: lambda f: numbers[mask] * f)
    f = Fraction(10)
    start: SetSeries[Fraction] = SetSeries(action, lambda mask: Fraction(0) if mask else f)
    ring = series(FRACTION, numbers)
    for mask in range(8):
        assert divide(start, operators, action)[mask] == inverse(ring)[mask] * f
        assert log(operators, action, on=f)[mask] == log(ring)[mask] * f


def test_coefficients_are_computed_once_and_only_where_wanted() -> None:
    asked: list[int] = []

    def coefficient(mask: int) -> Fraction:
        asked.append(mask)
        return Fraction(mask if mask else 1)

    a = SetSeries(FRACTION, coefficient)
    rho = divide(unit(FRACTION), a)
    rho[0b1011]
    rho[0b1011]
    assert sorted(asked) == sorted(set(submasks(0b1011)) - {0})
    assert rho.known() == 8


def test_constant_terms_are_required() -> None:
    two = SetSeries(FRACTION, lambda mask: Fraction(2))
    with pytest.raises(InvalidArgument, match="must have the constant term one, not 2"):
        inverse(two)
    with pytest.raises(InvalidArgument, match="must have the constant term one, not 2"):
        log(two)
    with pytest.raises(InvalidArgument, match="must have the constant term zero, not 2"):
        exp(two)


# -- whole arrays ----------------------------------------------------------------------------------------------------


def exact_array(values: list[Fraction], shape: tuple[int, ...]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(shape)


@given(values=coefficients(4, 1))
def test_whole_arrays_agree_with_the_lazy_series(values: list[Fraction]) -> None:
    # mask bit i is axis i, so the flat index is the mask with its bits reversed
    shape = (2, 2, 2, 2)
    array = exact_array([values[int(f"{i:04b}"[::-1], 2)] for i in range(16)], shape)
    lazy = series(FRACTION, values)
    for whole, one_by_one in ((dense_series.inverse, inverse), (dense_series.log, log)):
        result, truth = whole(array), one_by_one(lazy)
        for mask in range(16):
            assert result[tuple(mask >> i & 1 for i in range(4))] == truth[mask]
    back = dense_series.exp(dense_series.log(array), np.array([Fraction(1)], dtype=object))
    assert (back == array).all()


@given(data=st.data())
def test_colours_of_one_input_multiply_to_zero(data: st.DataObject) -> None:
    shape = (3, 2, 4)
    size = 24
    a = exact_array([Fraction(1), *data.draw(st.lists(small, min_size=size - 1, max_size=size - 1))], shape)
    b = exact_array(data.draw(st.lists(small, min_size=size, max_size=size)), shape)
    expected = exact_array([Fraction(0)] * size, shape)
    transposed = exact_array([Fraction(0)] * size, shape)
    for v in np.ndindex(*shape):
        for w in np.ndindex(*shape):
            if all(x == 0 or y == 0 for x, y in zip(v, w, strict=True)):
                u = tuple(x + y for x, y in zip(v, w, strict=True))
                expected[u] += a[v] * b[w]
                transposed[v] += a[w] * b[u]
    assert (dense_series.product(a, b) == expected).all()
    assert (dense_series.adjoint_product(a, b, 3) == transposed).all()
    one = dense_series.product(a, dense_series.inverse(a)).reshape(-1)
    assert one[0] == 1
    assert not one[1:].any()


def test_large_products_are_cut_into_chunks_without_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2,) * 6), rng.normal(size=(2,) * 6 + (5,))
    whole = dense_series.adjoint_product(a, b, 6), dense_series.product(a, a)
    monkeypatch.setattr(dense_series, "_CHUNK", 7)
    np.testing.assert_allclose(dense_series.adjoint_product(a, b, 6), whole[0], rtol=1e-13)
    np.testing.assert_allclose(dense_series.product(a, a), whole[1], rtol=1e-13)


@given(data=st.data())
def test_matrices_along_axes_agree_for_floats_balls_and_exact_numbers(data: st.DataObject) -> None:
    shape = (2, 3, 2, 2, 2, 2)
    size = 96
    values = exact_array(data.draw(st.lists(small, min_size=size, max_size=size)), shape)
    matrices = [
        None if axis == 1 else exact_array(data.draw(st.lists(small, min_size=4, max_size=4)), (2, 2)) for axis in range(6)
    ]
    exact = dense_series.apply_matrices(values, matrices)
    balls = dense_series.apply_matrices(BallArray.of(values), [m if m is None else BallArray.of(m) for m in matrices])
    floats = dense_series.apply_matrices(values.astype(float), [m if m is None else m.astype(float) for m in matrices])
    for index in np.ndindex(*shape):
        assert Ball(float(balls.value[index]), float(balls.radius[index])).contains(exact[index])
    np.testing.assert_allclose(floats, exact.astype(float), atol=1e-9)


def test_the_number_of_multiplications_is_three_to_the_n() -> None:
    assert dense_series.pair_count((2,) * 10) == 3**10
    assert len(dense_series._pairs((2,) * 5, 0)[0]) == 3**5


def test_set_series_names_are_public() -> None:
    assert set(set_series.__all__) >= {"SetSeries", "divide", "exp", "inverse", "log", "product"}
