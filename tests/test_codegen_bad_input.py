"""What compiled forms refuse, by the whole sentence; names that are no identifiers are renamed and never become code."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.codegen import backends
from symwick.codegen.backends import Backend
from symwick.codegen.names import identifiers
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, SymwickError, UnknownVariable
from tests.refusals import refuses

x, y = sympy.symbols("x y")
FN = sw.compile("x*y + 1")
PAIR = sw.compile({"f": x + y, "g": x * y})
MOMENTS = sw.compile(sw.gwp("x*y", sw.Moments(["x", "y"])))
GRID = sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["x", "y"])
KINDS = "a ClosedForm, a Circuit, a Decomposition, a mapping of names to forms, an expression or its text"
EMPTY = sw.Circuit([], {})
UNKNOWN = sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Bernoulli("p")})
INTEGERS = (
    "Argument 'dtype' must be one of float64, float32, longdouble, not {}: integers would overflow without a word. "
    "Integer arrays are taken all the same, as floats; exact=True computes in integers of any size."
)


@pytest.mark.parametrize(
    ("kind", "text", "work"),
    [
        (InvalidArgument, "Argument 'y' must be given; the arguments are: x, y.", lambda: FN(x=1)),
        (InvalidArgument, "Argument 'E_x' (E[x]), a symbol that is left free, must be given; the arguments are: x, y, E_x, E_y, "
         "E_x_y.", lambda: MOMENTS(x=1, y=2)),
        (UnknownVariable, "Argument 'z' is unknown; the arguments are: x, y.", lambda: FN(1, 2, z=3)),
        (InvalidArgument, "Argument 'x' must be given once, not twice.", lambda: FN(1, x=2, y=3)),
        (InvalidArgument, "Arguments must be at most 2 (x, y), not 3.", lambda: FN(1, 2, 3)),
        (InvalidArgument, "Arguments must have shapes that broadcast together, not x (2,), y (3,).",
         lambda: FN(np.zeros(2), np.zeros(3))),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not of dtype complex128.", lambda: FN(1j, 1)),
        (InvalidArgument, "Argument 'y' must be an array of real numbers, not of dtype complex64.",
         lambda: FN(1, np.zeros(2, np.complex64))),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not of dtype object.",
         lambda: FN(np.array([1, None]), 1)),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not of dtype object.",
         lambda: FN([Fraction(1, 2)], 1)),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not NoneType.", lambda: FN(None, 1)),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not Symbol.", lambda: FN(x, 1)),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not of dtype <U1.", lambda: FN("1", 1)),
        (InvalidArgument, "Argument 'x' must be an array of real numbers, not of dtype datetime64[D].",
         lambda: FN(np.array(["2020-01-01"], "datetime64[D]"), 1)),
        (InvalidArgument, "Argument 'x' must be an array of numbers, not ragged rows.", lambda: FN([[1], [2, 3]], 1)),
        (InvalidArgument, "Argument 'out' must be a NumPy array, not list.", lambda: FN(1, 2, out=[0])),
        (InvalidArgument, "Argument 'out' must have the shape (2,), not (3,).", lambda: FN([1, 2], 2, out=np.zeros(3))),
        (InvalidArgument, "Argument 'out' must be able to hold float64, not be of dtype int64.",
         lambda: FN([1, 2], 2, out=np.zeros(2, np.int64))),
        (InvalidArgument, "Argument 'out' must be writeable.", lambda: FN([1], 2, out=np.broadcast_to(np.zeros(1), 1))),
        (InvalidArgument, "Argument 'out' must map every output to an array, not be ndarray.",
         lambda: PAIR(1, 2, out=np.zeros(2))),
        (InvalidArgument, "Argument 'out' must map every output to an array; it lacks 'g'.",
         lambda: PAIR([1], 2, out={"f": np.zeros(1)})),
        (InvalidArgument, "Argument 'out[\'f\']' must have the shape (1,), not (2,).",
         lambda: PAIR([1], 2, out={"f": np.zeros(2), "g": np.zeros(1)})),
        (InvalidArgument, "Argument 'out' must be left out for an exact evaluator, whose results are new arrays.",
         lambda: sw.compile("x", exact=True)(1, out=np.zeros(1))),
        (InexactError, "Argument 'x' must be exact, not the float 0.5. Write it as text ('0.5'), as a Fraction or as a sympy "
         "Rational; or ask for ring='float64' where that is offered.", lambda: sw.compile("x", exact=True)(0.5)),
        (InvalidArgument, "Arguments must have shapes that broadcast together, not x (2,), y (3,).",
         lambda: sw.compile("x*y", exact=True)([1, 2], [1, 2, 3])),
    ],
)  # fmt: skip
def test_calls_are_refused(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refuses(kind, text, work)


@pytest.mark.parametrize(
    ("kind", "text", "work"),
    [
        (InvalidArgument, "Argument 'backend' must be one of numpy, numba, not 'fortran'.", lambda: sw.compile("x", "fortran")),
        (InvalidArgument, "Argument 'backend' must be one of numpy, numba, not None.", lambda: sw.compile("x", None)),
        (InvalidArgument, INTEGERS.format("int64"), lambda: sw.compile("x", dtype=np.int64)),
        (InvalidArgument, INTEGERS.format("bool"), lambda: sw.compile("x", dtype=bool)),
        (InvalidArgument, "Argument 'dtype' must be one of float64, float32, longdouble, not complex128.",
         lambda: sw.compile("x", dtype=complex)),
        (InvalidArgument, "Argument 'dtype' must be one of float64, float32, longdouble, not object.",
         lambda: sw.compile("x", dtype=object)),
        (InvalidArgument, "Argument 'dtype' must be one of float64, float32, longdouble, not float16.",
         lambda: sw.compile("x", dtype="float16")),
        (InvalidArgument, "Argument 'dtype' must be one of float64, float32, longdouble, not 'real'.",
         lambda: sw.compile("x", dtype="real")),
        (InvalidArgument, "Argument 'check' must be True or False, not 1.", lambda: sw.compile("x", check=1)),
        (InvalidArgument, "Argument 'exact' must be True or False, not None.", lambda: sw.compile("x", exact=None)),
        (InvalidArgument, "Argument 'threads' must be an integer that is at least 1, not 0.", lambda: sw.compile("x", threads=0)),
        (InvalidArgument, "Argument 'law' must be a law, not 3.", lambda: sw.compile("x", law=3)),
        (InvalidArgument, f"Argument 'x' must be {KINDS}, not None.", lambda: sw.compile(None)),
        (InvalidArgument, f"Argument 'x[f]' must be {KINDS}, not [].", lambda: sw.compile({"f": []})),
        (InvalidArgument, "Argument 'x' must map names to forms, not be empty.", lambda: sw.compile({})),
        (InvalidArgument, "Argument 'x' must map names to forms, but 3 is no name.", lambda: sw.compile({3: x})),
        (InvalidArgument, "Argument 'x' must give every name once, but 'x' comes twice.", lambda: sw.compile({"x": x, x: y})),
        (InexactError, "Argument 'x' must be exact, but 0.5 is a float.", lambda: sw.compile(0.5)),
        (InexactError, "Argument 'x' must be exact, but 0.5*x holds a float.", lambda: sw.compile(0.5 * x)),
        (InvalidArgument, "Argument 'x' must be a circuit with an output, not one without.", lambda: sw.compile(EMPTY)),
        (InvalidArgument, "Argument 'x[f]' must be a circuit with one output; it has a, b.",
         lambda: sw.compile({"f": sw.trace(lambda x: {"a": x, "b": x + 1}, ["x"])})),
        (InvalidArgument, "A constant of about 10^400 is too large for float64; pass a wider dtype, or exact=True.",
         lambda: sw.compile(10**400 * x)),
        (InvalidArgument, "A constant of about 10^39 is too large for float32; pass a wider dtype, or exact=True.",
         lambda: sw.compile(10**39 * x, dtype="float32")),
        (NoClosedForm, "gamma in gamma(x) has no NumPy code: NumPy has no gamma function.", lambda: sw.compile(sympy.gamma(x))),
        (NoClosedForm, "besselj in besselj(0, x) has no NumPy code: there is no rule for it.",
         lambda: sw.compile(sympy.besselj(0, x))),
        (InvalidArgument, "Argument 'exact' must be False for a float64 form: its numbers are not exact.",
         lambda: sw.compile(sw.gwp("x*y", GRID, ring="float64"), exact=True)),
        (InvalidArgument, "Argument 'law' must tell numbers, but E[x] is p under it.",
         lambda: sw.compile(sw.gwp("x*y", sw.Moments(["x", "y"])), law=UNKNOWN)),
    ],
)  # fmt: skip
def test_what_cannot_be_compiled_is_refused(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refuses(kind, text, work)


def test_a_backend_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Backend("numba", backends.BACKENDS["numba"].generate, lambda: "pip install symwick[numba]")
    monkeypatch.setitem(backends.BACKENDS, "numba", absent)
    text = "Argument 'backend' must be installed, but numba is not: pip install symwick[numba]."
    refuses(InvalidArgument, text, lambda: sw.compile("x", "numba"))


def test_a_wrong_value_is_found_when_it_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    generate = backends.BACKENDS["numpy"].generate

    def wrong(*arguments: Any) -> Any:
        code = generate(*arguments)
        return backends.Code(code.source.replace("np.subtract", "np.add"), code.operations)

    monkeypatch.setitem(backends.BACKENDS, "numpy", Backend("numpy", wrong, lambda: ""))
    with pytest.raises(InvalidArgument) as caught:
        sw.compile("x - y")
    assert str(caught.value).startswith("Argument 'x' must be computed to within ")
    assert str(caught.value).endswith(
        " of its exact value, but value is 1.25 and not -0.25 at x = 1/2, y = 3/4. Please report this; check=False compiles it "
        "all the same."
    )
    assert sw.compile("x - y", check=False)(1, 2) == 3


# -- names -------------------------------------------------------------------------------------------------------------------

NASTY = [
    '__import__("os")', 'x"""\nimport os\n"""', "x'", "a\\", 'a\\"""', "lambda", "out", "rows", "np", "evaluate", "shape",
    "size", "block", "b0", "t0", "r0", "start", "a", "flat", "print", "None", "1x", "x y", "x.y", "x-y", "é", "ﬁ", "fi", "λ", "",
    "_", "__name__", "BLOCK", "\n", "\ud800", "given", "same", "count", "result", "first", "stop", "M0",
    "A0", "OUTPUTS", "kernel", "i", "int", "len",
]  # fmt: skip


@pytest.mark.parametrize("size", [20_000, -1], ids=["straight", "tape"])
def test_names_are_text_and_never_code(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "STRAIGHT", size)
    names = [name for name in NASTY if name]
    writer = Writer()
    wires = [writer.input(name) for name in names]
    for k, (name, wire) in enumerate(zip(names, wires, strict=True)):
        writer.outputs[name] = writer.sum([(k + 1, wire), (1, wires[0])])
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    fn = sw.compile(circuit)
    assert all(identifier.isidentifier() for identifier in fn.arguments)
    assert len(set(fn.arguments)) == len(names)
    values = np.arange(1.0, len(names) + 1)
    found = fn(*values)
    assert {name: float(v) for name, v in found.items()} == {
        name: (k + 1) * (k + 1.0) + 1.0 for k, name in enumerate(names)
    }  # fmt: skip
    assert "import os" not in fn.source.replace('\\"', "").split('"""')[2]
    assert fn.renamed['__import__("os")'] == "import_os"
    given = dict(zip(names, values, strict=True))
    for reserved in ("out",):
        given[fn.renamed[reserved]] = given.pop(reserved)
    assert fn(**given) == found  # by their own names


def test_renaming_is_deterministic_and_told() -> None:
    assert identifiers(["x", "x ", "x_", "class", "class_", "E[x*y**2]", "E_x_y2", "κ[x,y]", "2x", "out", "é"]) == {
        "x": "x", "x ": "x_2", "x_": "x_", "class": "class__2", "class_": "class_", "E[x*y**2]": "E_x_y2_2", "E_x_y2": "E_x_y2",
        "κ[x,y]": "kappa_x_y", "2x": "v2x", "out": "out_", "é": "é",
    }  # fmt: skip
    fn = sw.compile(sympy.Symbol("lambda") + sympy.Symbol("out"))
    assert (fn.arguments, fn.renamed) == (("lambda_", "out_"), {"lambda": "lambda_", "out": "out_"})
    assert fn(**{"lambda": 1, "out_": 2}) == 3


# -- moments of data -----------------------------------------------------------------------------------------------------------

FORM = sw.gwp("x*y", sw.Moments(["x", "y"]))


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("Argument 'data' must have a column for y; it has x.", lambda: sw.moments_of({"x": [1]}, FORM)),
        ("Argument 'data' must have columns of one length, not x 1, y 2.", lambda: sw.moments_of({"x": [1], "y": [1, 2]}, FORM)),
        ("Argument 'data' must hold at least one row.", lambda: sw.moments_of({"x": [], "y": []}, FORM)),
        ("Argument 'data' must hold real numbers in one column for x, not complex128 of shape (1,).",
         lambda: sw.moments_of({"x": [1j], "y": [1]}, FORM)),
        ("Argument 'data' must hold real numbers in one column for y, not int64 of shape (1, 1).",
         lambda: sw.moments_of({"x": [1], "y": [[1]]}, FORM)),
        ("Argument 'data' must map variables to columns, or be rows with a column for each of the variables, not an array of "
         "shape (2, 2).", lambda: sw.moments_of(np.zeros((2, 2)), FORM)),
        ("Argument 'data' must map variables to columns, or be rows with a column for each of the 3 variables, not an array of "
         "shape (2, 2).", lambda: sw.moments_of(np.zeros((2, 2)), FORM, ["x", "y", "z"])),
        ("Argument 'variables' must be left out where 'data' names its columns.",
         lambda: sw.moments_of({"x": [1], "y": [1]}, FORM, ["x", "y"])),
    ],
)  # fmt: skip
def test_data_that_cannot_be_averaged_are_refused(text: str, work: Callable[[], Any]) -> None:
    refuses(InvalidArgument, text, work)
