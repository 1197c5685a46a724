"""Data sets as laws: every form of rows, every reading of floats, every error."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.balls import Ball
from symwick.algebra.vectors import IntVector
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.errors import FormatError, InexactError, InvalidArgument, UnknownVariable
from symwick.testing import oracle
from tests.refusals import refuses

x, y, z = sympy.symbols("x y z")
THIRD = Fraction(1, 3)
DATA = [(5.1, 1), (4.9, 0), (5.1, 1)]
TABLE = {(Fraction(49, 10), 0): THIRD, (Fraction(51, 10), 1): 2 * THIRD}


def table_of(law: Empirical) -> dict[tuple[Any, ...], Fraction]:
    return {point: Fraction(weight) for point, weight in law.items()}


# -- forms of rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        DATA,
        tuple(map(list, DATA)),
        (row for row in DATA),
        [np.array(row) for row in DATA],
        np.array(DATA),
        np.array(DATA, dtype=object),
        np.array([["5.1", "1"], ["4.9", "0"], ["5.1", "1"]]),
        [{"x": a, "y": b} for a, b in DATA],
        [{y: b, x: a, "extra": "text"} for a, b in DATA],
        [("5.1", "1"), (" 4.9 ", False), (Decimal("5.10"), True)],
        [(Fraction(51, 10), np.int8(1)), (sympy.Rational(49, 10), np.bool_(False)), (np.float32(5.1), np.uint64(1))],
        np.ma.array(DATA),
    ],
)
def test_forms_of_rows(rows: Any) -> None:
    law = Empirical(rows, [x, y])
    assert law.variables == (x, y)
    assert table_of(law) == TABLE
    assert law.support("x") == (Fraction(49, 10), Fraction(51, 10))
    assert law.exact
    assert repr(law) == "Empirical(3 rows, 2 distinct; x, y)"


def test_dicts_name_their_variables() -> None:
    law = Empirical([{"a": 1, "b": 2}, {"b": 3, "a": 4}])
    assert [str(v) for v in law.variables] == ["a", "b"]
    assert table_of(law) == {(1, 2): Fraction(1, 2), (4, 3): Fraction(1, 2)}


def test_data_frames() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"x": [5.1, 4.9, 5.1], "name": ["a", "b", "a"], "y": [1, 0, 1]}, index=[7, 7, 9])
    law = Empirical(frame[["x", "y"]])
    assert law.variables == (x, y)
    assert table_of(law) == TABLE
    assert table_of(Empirical(frame, ["x", "y"])) == TABLE
    assert Empirical(frame, [y, x]).variables == (y, x)
    assert Empirical(frame, "x").moment("x") == Fraction(151, 30)
    assert table_of(Empirical(frame.astype({"x": "float32", "y": "Int64"}), [x, y])) == TABLE
    assert table_of(Empirical(frame.astype({"x": str, "y": bool}), [x, y])) == TABLE


def test_one_variable_takes_bare_numbers() -> None:
    expected = {(Fraction(1, 2),): THIRD, (2,): 2 * THIRD}
    for rows in ([2, "0.5", 2.0], [(2,), ["1/2"], (2,)], np.array([2, 0.5, 2]), np.array([[2], [0.5], [2]])):
        assert table_of(Empirical(rows, "x")) == expected


def test_no_variables_and_one_row() -> None:
    law = Empirical([(), ()], [])
    assert law.moment({}) == 1
    assert repr(law) == "Empirical(2 rows, 1 distinct)"
    single = Empirical([(3, 4)], [x, y])
    assert single.cumulant([x, y]) == 0
    assert single.independent_groups() == (frozenset({x}), frozenset({y}))
    assert repr(single) == "Empirical(1 row, 1 distinct; x, y)"


def test_equal_numbers_are_told_apart_by_how_they_are_written() -> None:
    exact = Fraction(0.1)  # equal to the float 0.1, with the same hash
    assert exact == 0.1
    law = Empirical([(0.1,), (exact,), (-1,), (-2,)], [x])
    assert law.support(x) == (-2, -1, Fraction(1, 10), exact)
    assert Empirical([(0.1,), (exact,)], [x], numbers="binary").support(x) == (exact,)
    assert Empirical([(0.0,), (-0.0,)], [x]).support(x) == (0,)


def test_integers_beyond_the_machine() -> None:
    law = Empirical([(2**70, 1), (-(2**63), 2)], [x, y])
    assert law.support(x) == (-(2**63), 2**70)
    assert law.moment([x, y]) == 2**69 - 2**63
    assert Empirical(np.array([[2**64 - 1]], dtype=np.uint64), [x]).support(x) == (2**64 - 1,)


# -- the reading of floats ---------------------------------------------------------------------------------------------

finite_floats = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.lists(st.tuples(finite_floats, finite_floats), min_size=1, max_size=6), st.booleans())
def test_decimal_and_binary_reading(rows: list[tuple[float, float]], array: bool) -> None:
    data: Any = np.array(rows) if array else rows
    for numbers, read in (("decimal", lambda cell: Fraction(repr(cell))), ("binary", Fraction)):
        expected: dict[tuple[Fraction, ...], Fraction] = {}
        for row in rows:
            point = tuple(map(read, row))
            expected[point] = expected.get(point, Fraction(0)) + Fraction(1, len(rows))
        law = Empirical(data, [x, y], numbers=numbers)
        assert table_of(law) == expected
        assert list(law.support(x)) == sorted({point[0] for point in expected})


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=6))
def test_short_floats_are_read_by_their_own_shortest_decimal(cells: list[float]) -> None:
    array = np.array(cells, dtype=np.float32)
    law = Empirical(array, [x])
    assert set(law.support(x)) == {Fraction(str(cell)) for cell in array}
    assert table_of(law) == table_of(Empirical(list(array), [x]))
    assert set(Empirical(array, [x], numbers="binary").support(x)) == {Fraction(float(cell)) for cell in array}


def test_long_floats() -> None:
    cells = np.array([1, 3], dtype=np.longdouble) / np.longdouble(10)
    assert Empirical(cells, [x]).support(x) == (Fraction(1, 10), Fraction(3, 10))
    ratios = [Fraction(*cell.as_integer_ratio()) for cell in cells]
    assert Empirical(cells, [x], numbers="binary").support(x) == tuple(ratios)


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1, 1)), min_size=1, max_size=8),
    st.lists(st.sampled_from([x, y]), max_size=4),
)
def test_float64_means_are_balls_that_hold_the_exact_value(
    rows: list[tuple[float, float]], names: list[sympy.Symbol]
) -> None:
    law = Empirical(rows, [x, y], numbers="float64")
    exact = Empirical(rows, [x, y], numbers="binary")
    assert not law.exact
    assert exact.exact
    assert law.support(x) == exact.support(x)
    powers = {v: names.count(v) for v in (x, y) if v in names}
    ball = law._mean_of_powers(powers)
    assert isinstance(ball, Ball)
    assert ball.contains(exact.moment(powers))
    vectors = {v: IntVector.of(Fraction(point) / 3 for point in law.support(v)) for v in powers}
    mean = law.mean_of_product(vectors)
    true = exact.mean_of_product(vectors)
    assert mean.contains(Fraction(int(true.p), int(true.q)))
    scale = 1000.0 ** len(names)
    assert law.moment(names) == pytest.approx(float(exact.moment(names)), rel=1e-13, abs=1e-13 * scale)
    assert law.cumulant(names) == pytest.approx(float(exact.cumulant(names)), rel=1e-9, abs=1e-11 * scale)
    assert type(law.moment(names)) is float
    assert not names or type(law.cumulant(names)) is float


def test_float64_laws_stay_float64() -> None:
    law = Empirical([("5.1", 1), (4.9, 2**60 + 1), ("1/3", 0)], [x, y], numbers="float64")
    assert law.support(x) == (Fraction(1 / 3), Fraction(4.9), Fraction(5.1))
    assert law.support(y) == (0, 1, 2**60)
    assert not law.marginal([x]).exact
    assert law.condition({x: 5.1}).moment([y]) == 1.0
    assert law.condition({x: "5.1"}).moment([y]) == 1.0
    assert law.moment({}) == 1.0
    assert law.sample(5, 0).dtype == np.float64
    assert repr(law.marginal([x])) == "Empirical(3 rows, 3 distinct; x; float64)"


def test_float64_overflow_is_an_error() -> None:
    law = Empirical([1e300, 1e200], "x", numbers="float64")
    with pytest.raises(InvalidArgument, match="A mean over x is too large for float64; read with numbers='decimal'."):
        law.moment({x: 2})
    with pytest.raises(InvalidArgument, match="too large for float64"):
        law.mean_of_product({x: IntVector.of([10**400, 1])})
    with pytest.raises(InvalidArgument, match="must lie in the range of float64, not '1e400' in row 1, column x."):
        Empirical(["1e400"], "x", numbers="float64")


# -- the law -----------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=8),
    st.lists(st.integers(0, 2), max_size=4),
    st.data(),
)
def test_moments_cumulants_and_groups_agree_with_the_finite_law(
    rows: list[tuple[int, int, int]], positions: list[int], data: st.DataObject
) -> None:
    counts = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)).filter(any))
    weights: dict[tuple[int, ...], Fraction] = {}
    for row, count in zip(rows, counts, strict=True):
        weights[row] = weights.get(row, Fraction(0)) + Fraction(count, sum(counts))
    law = Empirical(rows, [x, y, z], weights=[Fraction(count, 7) for count in counts])
    finite = Finite(weights, [x, y, z])
    names = [law.variables[i] for i in positions]
    assert table_of(law) == dict(finite.items())
    assert [law.support(v) for v in law.variables] == [finite.support(v) for v in law.variables]
    assert law.cumulant(names) == oracle.cumulant(weights, positions)
    assert law.moment(names) == oracle.moment(weights, [positions.count(i) for i in range(3)])
    assert law.independent_groups() == finite.independent_groups()
    assert table_of(law.marginal([z, x])) == dict(finite.marginal([z, x]).items())


def test_weights_are_divided_by_their_sum() -> None:
    law = Empirical(DATA, [x, y], weights=["1/2", 3, np.int64(0)])
    assert table_of(law) == {(Fraction(49, 10), 0): Fraction(6, 7), (Fraction(51, 10), 1): Fraction(1, 7)}
    assert repr(law) == "Empirical(3 weighted rows, 2 distinct; x, y)"
    assert Empirical(DATA, [x, y], weights=[1, 0, 1]).support(x) == (Fraction(51, 10),)


def test_marginals_conditions_and_samples() -> None:
    law = Empirical(DATA, [x, y])
    assert isinstance(law.marginal([y]), Empirical)
    assert repr(law.marginal([y])) == "Empirical(3 rows, 2 distinct; y)"
    given_one = law.condition({y: 1})
    assert given_one.moment([x]) == Fraction(51, 10)
    assert repr(given_one) == "Empirical(part of 3 rows, 1 distinct; x)"
    assert repr(given_one.condition({x: "5.1"})) == "Empirical(part of 3 rows, 1 distinct)"
    assert repr(law.condition({})) == repr(law)
    assert set(map(tuple, law.sample(50, 0).tolist())) == set(TABLE)
    with pytest.raises(InexactError, match="Argument 'event' must be exact, not the float 5.1"):
        law.condition({x: 5.1})
    assert law.latex() == r"(x, y) \sim \mathrm{Empirical}"
    many = Empirical([range(9)], [f"v{i}" for i in range(9)])
    assert repr(many) == "Empirical(1 row, 1 distinct; v0, v1, v2, v3, v4, v5, v6, v7, …)"


def test_the_law_of_a_large_table() -> None:
    rng = np.random.default_rng(0)
    law = Empirical(rng.normal(size=(100_000, 5)).round(2), list("abcde"))
    assert law.cumulant(["a", "a", "b", "c"]) is not None
    assert law.independent_groups() == (frozenset(law.variables),)


# -- CSV ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text('x, y\n5.1,1\n\n"4.9",0\n5.1,1\n', encoding="utf-8-sig")
    return path


def test_csv_with_a_header(csv_file: Path) -> None:
    law = Empirical.from_csv(csv_file)
    assert law.variables == (x, y)
    assert table_of(law) == TABLE
    assert table_of(Empirical.from_csv(str(csv_file), [y])) == {(0,): THIRD, (1,): 2 * THIRD}
    assert Empirical.from_csv(csv_file, weights=[1, 0, 0]).moment("x") == Fraction(51, 10)
    assert type(Empirical.from_csv(csv_file, numbers="float64").moment("x")) is float
    assert Empirical.from_csv(csv_file, numbers="binary").moment("x") == Fraction(151, 30)


def test_csv_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "data.txt"
    path.write_text('150,4,"setosa\n5.1;1\n4.9;0\n5.1;1\n', encoding="utf-8")
    assert table_of(Empirical.from_csv(path, ["x", "y"], header=False, skip=1, delimiter=";")) == TABLE


@pytest.mark.parametrize(
    ("text", "arguments", "error", "message"),
    [
        ("x,y\n1,2\n\n3\n", {}, FormatError, "Line 4: 1 cells, but there are 2 columns."),
        ("", {}, FormatError, "The file has no line that names the columns."),
        ("x,y\n", {}, InvalidArgument, "Argument 'rows' must hold at least one row."),
        ("x,x\n1,2\n", {}, InvalidArgument, "Argument 'path' must name each variable once, but x comes twice."),
        ("x,y\n1,2\n1,\n", {}, InvalidArgument, "must have no missing cells, not '' in line 3, column y."),
        ("x,y\n1,two\n", {}, InvalidArgument, "Argument 'rows' must hold numbers, not 'two' in line 2, column y."),
        ("x,y\n1,nan\n", {}, InvalidArgument, "Argument 'rows' must have no missing cells, not 'nan' in line 2, column y."),
        ('x,y\n1,"2\n', {}, FormatError, "Line 2: unexpected end of data."),
        ("x,y\n1,2\n", {"variables": ["w"]}, UnknownVariable, "names w, which the data lack; their columns: x, y."),
        ("1,2\n", {"header": False}, InvalidArgument, "Argument 'variables' must name the columns where header=False."),
        ("1,2\n", {"header": False, "variables": "x"}, FormatError, "Line 1: 2 cells, but there are 1 columns."),
        ("x\n1\n", {"skip": -1}, InvalidArgument, "Argument 'skip' must be an integer that is at least 0, not -1."),
        ("x\n1\n", {"delimiter": ";;"}, InvalidArgument, "Argument 'delimiter' must be one character or None, not ';;'."),
        ("x\n1\n", {"numbers": "float"}, InvalidArgument, "must be one of 'decimal', 'binary', 'float64', not 'float'."),
        ("x\n1\n", {"weights": [-1]}, InvalidArgument, "must hold no negative weight, not -1 in line 2."),
        ("x\n\xff\n", {}, FormatError, "is not UTF-8 text"),
    ],
)
def test_errors_of_csv(
    tmp_path: Path, text: str, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(error, match=message):
        Empirical.from_csv(path, **arguments)


@pytest.mark.parametrize(
    ("decimal", "cell", "value"),
    [
        (",", "1,5", "3/2"), (",", "1.234,50", "2469/2"), (",", "-1.234.567", "-1234567"), (",", ",5", "1/2"), (",", "7", "7"),
        (",", "1 234,5", "2469/2"), (",", "1\u202f234", "1234"), (",", "1'234,5", "2469/2"), (",", "+2,5e3", "2500"),
        (",", "2,", "2"), (",", "1/3", "1/3"), (".", "1,234.5", "2469/2"), (".", "1,200", "1200"), (".", "0.25", "1/4"),
    ],
)  # fmt: skip
def test_decimal_marks_and_marks_between_thousands(tmp_path: Path, decimal: str, cell: str, value: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(f'\ufeffx;y\r\n"{cell}";1\r\n', encoding="utf-8")
    assert Empirical.from_csv(path, ["x"], delimiter=";", decimal=decimal).moment(["x"]) == Fraction(value)


@pytest.mark.parametrize(
    ("decimal", "cell", "shown"),
    [
        (",", "1.5", "\"1.5 with the decimal mark ','\""), (",", "1.23.456", "\"1.23.456 with the decimal mark ','\""),
        (",", "1,5,0", "'1,5,0'"), (",", "1.234 567", "'1.234 567'"), (".", "1,5", "'1,5'"), (".", "1,2345", "'1,2345'"),
        (",", ",", "','"),
    ],
)  # fmt: skip
def test_no_mark_is_guessed_where_a_cell_is_not_so_written(tmp_path: Path, decimal: str, cell: str, shown: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(f'x;y\n"{cell}";1\n')
    text = f"Argument 'rows' must hold numbers, not {shown} in line 2, column x."
    refuses(InvalidArgument, text, lambda: Empirical.from_csv(path, ["x"], delimiter=";", decimal=decimal))


COMMA = "A decimal comma: decimal=',', on the command line --decimal ','. Then a point may stand between thousands."
UNITS = "Units are not read; take them out of the cells, into the name of the column."
MARKS = "Marks between thousands: decimal='.', on the command line --decimal '.', where the decimal mark is a point."


@pytest.mark.parametrize(
    ("cell", "hints"),
    [
        ("1,5", [COMMA]), ("1.234,50", [COMMA]), ("$2", [UNITS]), ("2.5 kg", [UNITS]), ("3€", [UNITS]), ("1,234.5", [MARKS]),
        ("1,200", ["If the comma is a decimal comma: decimal=',', on the command line --decimal ','; "
                   "if it stands between thousands: decimal='.', --decimal '.'."]),
        ("5%", ["Percent signs are not read; take them out of the file, and say in the formula what is meant: rate/100."]),
        ("-", ["If this stands for a missing value, write NA, or leave the cell empty."]),
        ("TRUE", ["Truth values become 0 and 1 with codes={'x': ['FALSE', 'TRUE']}, on the command line "
                  "--codes 'x=FALSE,TRUE'."]),
        ("yes", ["Truth values become 0 and 1 with codes={'x': ['no', 'yes']}, on the command line --codes 'x=no,yes'."]),
        ("setosa", []), ("2023-01-01", []),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_number_says_what_to_do(tmp_path: Path, cell: str, hints: list[str]) -> None:
    path = tmp_path / "data.csv"
    path.write_text(f"x;y\n{cell};1\n", encoding="utf-8")
    with pytest.raises(InvalidArgument, match="must hold numbers, not") as caught:
        Empirical.from_csv(path, ["x"], delimiter=";")
    assert getattr(caught.value, "__notes__", []) == hints


def test_another_delimiter_another_encoding_and_another_mark_are_named(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("x;y\n1;2\n")
    with pytest.raises(UnknownVariable) as caught:
        Empirical.from_csv(path, ["x"])
    assert caught.value.__notes__ == ["The first line holds more of ';': delimiter=';', or delimiter=None to find it out."]
    path.write_text("x\n\xff\n", encoding="latin-1")
    with pytest.raises(FormatError) as unreadable:
        Empirical.from_csv(path, ["x"])
    assert unreadable.value.__notes__ == ["Save the file as UTF-8; spreadsheets call it CSV UTF-8."]
    text = "Argument 'decimal' must be '.', ',' or None, not ';'."
    refuses(InvalidArgument, text, lambda: Empirical.from_csv(path, decimal=";"))


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("x,y,x\n1,2,3\n")
    text = "Two columns are called 'x'; rename one of them."
    refuses(FormatError, text, lambda: Empirical.from_csv(path, ["x"], identifiers=True))


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "variables", "error", "text"),
    [
        ([], "x", InvalidArgument, "Argument 'rows' must hold at least one row."),
        (np.zeros((0, 2)), [x, y], InvalidArgument, "Argument 'rows' must hold at least one row."),
        ([(1, 2), (1,)], [x, y], InvalidArgument, r"must have 2 columns \(x, y\), but row 2 has 1."),
        ([(1, 2)], [x], InvalidArgument, r"must have 1 column \(x\), but row 1 has 2."),
        (np.zeros((2, 3)), [x, y], InvalidArgument, r"must have 2 columns \(x, y\), but the array has 3."),
        (np.zeros(3), [x, y], InvalidArgument, "Argument 'rows' must have two dimensions, not 1."),
        ([1, 2], [x, y], InvalidArgument, "must hold tuples, lists or dicts, not 1 in row 1."),
        (["12"], [x, y], InvalidArgument, "must hold tuples, lists or dicts, not '12' in row 1."),
        ([(1, 2)], None, InvalidArgument, "must name the columns; only dicts and data frames name their own."),
        ({"x": [1]}, None, InvalidArgument, "must be a sequence of rows, not a mapping; weighted points: see Finite."),
        ("text", "x", InvalidArgument, "Argument 'rows' must be a sequence of rows, not 'text'."),
        (5, "x", InvalidArgument, "Argument 'rows' must be a sequence of rows, not 5."),
        ([(1, 2)], [x, "x"], InvalidArgument, "must name each variable once, but x comes twice."),
        ([(1, 0.5), (1, math.nan)], [x, y], InvalidArgument, "must hold finite numbers, not nan in row 2, column y."),
        (np.array([[1, -math.inf]]), [x, y], InvalidArgument, "must hold finite numbers, not -inf in row 1, column y."),
        ([(1, 2), (math.inf, 0)], [x, y], InvalidArgument, "must hold finite numbers, not inf in row 2, column x."),
        ([(1, None)], [x, y], InvalidArgument, "must have no missing cells, not None in row 1, column y."),
        (np.ma.array([[1, 2]], mask=[[0, 1]]), [x, y], InvalidArgument, "missing cells, not None in row 1, column y."),
        ([(1, " ")], [x, y], InvalidArgument, "must have no missing cells, not ' ' in row 1, column y."),
        ([(1, "a")], [x, y], InvalidArgument, "must hold numbers, not 'a' in row 1, column y."),
        ([(1, "a" * 99)], [x, y], InvalidArgument, "not 'a{56}… in row 1, column y."),
        ([(1, Decimal("nan"))], [x, y], InvalidArgument, "must hold numbers, not NaN in row 1, column y."),
        ([(1, 2j)], [x, y], InexactError, "must hold exact numbers or floats, not 2j in row 1, column y."),
        ([(1, [2])], [x, y], InexactError, r"must hold exact numbers or floats, not \[2\] in row 1, column y."),
        ([(1, z)], [x, y], InexactError, "must hold exact numbers or floats, not z in row 1, column y."),
        (np.array([["2020-01-01"]], dtype="M8[D]"), [x], InexactError, "exact numbers or floats, not 2020-01-01 in"),
        (np.array([[3]], dtype="m8[D]"), [x], InexactError, "must hold exact numbers or floats, not 3 days in row 1"),
        ([{"x": 1}, {"y": 1}], None, InvalidArgument, "must give every variable, but row 2 lacks x."),
        ([{"x": 1}, {"x": 1, "y": 1}], None, InvalidArgument, "must have one set of columns, but row 2 adds y."),
        ([{"x": 1}, (1,)], None, InvalidArgument, r"must hold dicts only, as row 1 is one, not \(1,\) in row 2."),
        ([(1,), {"x": 1}], "x", InvalidArgument, "must hold tuples, lists or dicts, not {'x': 1} in row 2."),
    ],
)
def test_errors_of_rows(rows: Any, variables: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Empirical(rows, variables)


def test_errors_of_data_frames() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=["x", "y"])
    with pytest.raises(UnknownVariable, match="'variables' names w, which the data lack; their columns: x, y."):
        Empirical(frame, ["w"])
    with pytest.raises(InvalidArgument, match="must name each variable once, but x comes twice."):
        Empirical(pd.DataFrame([[1, 2]], columns=["x", "x"]))
    with pytest.raises(InvalidArgument, match="columns named by text, not 0; pass its to_numpy"):
        Empirical(pd.DataFrame([[1, 2]]))
    with pytest.raises(InvalidArgument, match="must hold finite numbers, not nan in row 2, column x."):
        Empirical(pd.DataFrame({"x": pd.array([1, None], dtype="Int64")}))
    with pytest.raises(InvalidArgument, match="must have no missing cells, not <NA> in row 2, column x."):
        Empirical(pd.DataFrame({"x": [1, pd.NA]}, dtype=object))
    with pytest.raises(InvalidArgument, match="must hold finite numbers, not nan in row 2, column x."):
        Empirical(pd.DataFrame({"x": [1, None]}))
    with pytest.raises(InvalidArgument, match="must hold numbers, not 'a' in row 1, column x."):
        Empirical(pd.DataFrame({"x": ["a", "b"]}))
    with pytest.raises(InvalidArgument, match="Argument 'rows' must hold at least one row."):
        Empirical(frame[:0])


@pytest.mark.parametrize(
    ("weights", "error", "text"),
    [
        ([1, 2], InvalidArgument, "Argument 'weights' must have one weight for each of 3 rows, not 2."),
        ([1, -1, 2], InvalidArgument, "Argument 'weights' must hold no negative weight, not -1 in row 2."),
        ([0, 0, 0], InvalidArgument, "Argument 'weights' must have a positive sum, not 0."),
        ([0.5, 0.25, 0.25], InexactError, "Argument 'weights' must be exact, not the float 0.5."),
        ("123", InvalidArgument, "Argument 'weights' must be a sequence of numbers, not '123'."),
        (7, InvalidArgument, "Argument 'weights' must be a sequence of numbers, not 7."),
    ],
)
def test_errors_of_weights(weights: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Empirical(DATA, [x, y], weights=weights)


def test_unknown_numbers() -> None:
    with pytest.raises(InvalidArgument, match="'numbers' must be one of 'decimal', 'binary', 'float64', not 'float'."):
        Empirical(DATA, [x, y], numbers="float")
