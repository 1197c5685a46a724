"""Reading BIF: exact numbers, every error by its text, and texts written back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from symwick.distributions.bayesian_network import BayesianNetwork
from symwick.distributions.bif import BifNetwork, conditional_tables, parse_bif, read_text
from symwick.errors import FormatError, InvalidArgument, TooLarge

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "asia": ROOT / "symwick" / "data" / "asia.bif",
    "cancer": ROOT / "tests" / "data" / "cancer.bif",
    "sachs": ROOT / "tests" / "data" / "sachs.bif",
    "alarm": ROOT / "tests" / "data" / "alarm.bif",
}
SHAPES = {"asia": (8, 8), "cancer": (5, 4), "sachs": (11, 17), "alarm": (37, 46)}

N = "network n {\n}\n"
X = "variable x { type discrete [ 2 ] { a, b }; }\n"
Y = "variable y { type discrete [ 3 ] { l, m, h }; }\n"
PX = "probability ( x ) { table 0.1, 0.9; }\n"


def read(text: str, rounding: str = "error") -> BayesianNetwork:
    return BayesianNetwork.from_bif_text(text, rounding=rounding)


def written(network: BifNetwork) -> str:
    """The text of the records, every name quoted."""

    def names(some: tuple[str, ...]) -> str:
        return ", ".join(f'"{name}"' for name in some)

    lines = [f"network {network.name} {{ }}"]
    for variable in network.variables:
        types = (f"type discrete [ {t.announced} ] {{ {names(t.states)} }};" for t in variable.types)
        lines.append(f'variable "{variable.name}" {{ {" ".join(types)} }}')
    for table in network.tables:
        bar = f" | {names(table.parents)}" if table.parents else ""
        lines.append(f'probability ( "{table.child}"{bar} ) {{')
        for row in table.rows:
            head = row.kind if row.given is None else f"({names(row.given)})"
            lines.append(f"  {head} {', '.join(row.numbers)};")
        lines.append("}")
    return "\n".join(lines)


def without_lines(network: BifNetwork) -> BifNetwork:
    variables = tuple(replace(v, types=tuple(replace(t, line=0) for t in v.types), line=0) for v in network.variables)
    tables = tuple(replace(t, rows=tuple(replace(r, line=0) for r in t.rows), line=0) for t in network.tables)
    return replace(network, variables=variables, tables=tables)


# -- what is read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_file_written_back_reads_the_same(name: str) -> None:
    network = parse_bif(read_text(FILES[name]))
    again = parse_bif(written(network))
    assert without_lines(again) == without_lines(network)
    tables, notes = conditional_tables(network, "normalise")
    assert conditional_tables(again, "normalise")[0] == tables
    assert len(notes) == len(conditional_tables(again, "normalise")[1])


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_its_variables_edges_and_rows(name: str) -> None:
    tables, _ = conditional_tables(parse_bif(read_text(FILES[name])), "normalise")
    assert (len(tables), sum(len(table.parents) for table in tables)) == SHAPES[name]
    states = {table.variable: table.states for table in tables}
    for table in tables:
        size = 1
        for parent in table.parents:
            size *= len(states[parent])
        assert len(table.rows) == size
        assert all(sum(row) == 1 and len(row) == len(table.states) for row in table.rows)


def test_names_numbers_comments_and_properties() -> None:
    text = """
        // a comment with { braces } and "quotes
        network "two words" { property version = 1.0; property "a; b" ; }
        variable a-b.c+<1> { type discrete [ 3 ] { <5, 5-10, "more than; 10" }; property position = (1, 2); }
        /* a comment
           over lines */
        variable type{type discrete[2]{table,default};}
        variable slash/name { type discrete [ 1 ] { only }; }
        probability ( a-b.c+<1> ) { table 1e-05, .5 /* half */ , 0.49999; property x; }
        probability ( type | a-b.c+<1> slash/name ) {
            default 1, 0;
            (5-10, only) +2.5E-1 0.75; // no comma
        }
        probability ( slash/name ) { table 1; }
    """
    P = read(text)
    assert [str(v) for v in P.variables] == ["a-b.c+<1>", "type", "slash/name"]
    assert P.states[P.variables[0]] == ("<5", "5-10", "more than; 10")
    assert P.moment({P.variables[0]: 1}) == Fraction(1, 2) + 2 * Fraction(49999, 100000)
    assert P.moment(["type"]) == Fraction(1, 2) * Fraction(3, 4)
    assert P.notes == ()


def test_a_table_entry_runs_through_the_child_slowest() -> None:
    # Charniak's dog problem as JavaBayes wrote it: no bar, no commas
    text = """network "Dog-Problem" { }
    variable "family-out" { type discrete[2] { "true" "false" }; }
    variable "bowel-problem" { type discrete[2] { "true" "false" }; }
    variable "dog-out" { type discrete[2] { "true" "false" }; }
    probability ( "family-out" ) { table 0.15 0.85 ; }
    probability ( "bowel-problem" ) { table 0.01 0.99 ; }
    probability ( "dog-out" "bowel-problem" "family-out" ) { table 0.99 0.97 0.9 0.3 0.01 0.03 0.1 0.7 ; }
    """
    P = read(text)
    out = [P.condition({"bowel-problem": b, "family-out": f}).moment(["dog-out"]) for b in (0, 1) for f in (0, 1)]
    assert out == [Fraction(1, 100), Fraction(3, 100), Fraction(1, 10), Fraction(7, 10)]


def test_a_byte_order_mark_and_a_path_as_text(tmp_path: Path) -> None:
    path = tmp_path / "x.bif"
    path.write_bytes(b"\xef\xbb\xbf" + (N + X + PX).replace("\n", "\r\n").encode())
    assert BayesianNetwork.from_bif(str(path)).moment(["x"]) == Fraction(9, 10)


# -- errors ------------------------------------------------------------------------------------------------------------

ERRORS = [
    ("", "Line 1: the text ends where 'network' should come."),
    (N + "variable x {", "Line 3: the text ends where one of 'property', 'type', '}' should come."),
    (N + X + "probability ( x ) { table 1 0; ", "Line 4: the text ends where"),
    (X, "Line 1: expected 'network', not 'variable'."),
    (N + "variables x { }", "Line 3: expected one of 'probability', 'variable', not 'variables'."),
    (N + "variable x { type continuous; }", "Line 3: expected 'discrete', not 'continuous'."),
    (N + X + "probability ( x ) {\n table 0.1, 0.9\n}", "Line 6: expected ';', not '}'."),
    (N + X + "probability ( x ) { table 0.1 /* 0.9; }", "Line 4: unexpected '/* 0.9; }'."),
    (N + X + 'probability ( x ) { table 0.1 "0.9; }', "Line 4: unexpected '\"0.9; }'."),
    (
        N + X + "probability ( x ) { table 0.1,, 0.9; }",
        "Line 4: expected one of a name or number, a quoted name, not ','.",
    ),
    (N + "variable x { }", "Line 3: variable 'x' must have one 'type discrete' entry, not 0."),
    (N + "variable x {\n type discrete [ 3 ] { a, b }; }", "Line 4: variable 'x' announces 3 states but lists 2."),
    (
        N + "variable x { type discrete [ two ] { a, b }; }",
        "Line 3: variable 'x' must announce a number of states, not",
    ),
    (N + "variable x { type discrete [ 2 ] { a, a }; }", "Line 3: variable 'x' lists the state 'a' twice."),
    (N + X + X + PX, "Line 4: variable 'x' is declared twice."),
    (N + X + "probability ( z ) { table 1; }", "Line 4: table 'z' is of an unknown variable."),
    (N + X + "probability ( x | z ) { table 1; }", "Line 4: table 'x' names the unknown parent 'z'."),
    (N + X + Y + "probability ( x | y, y ) { default 1 0; }", "Line 5: table 'x' names the parent 'y' twice."),
    (N + X + PX + PX, "Line 5: table 'x' is given a second time; the first is in line 4."),
    (N + X + Y + PX, "Line 4: variable 'y' has no probability table."),
    (N + X + "probability ( x ) { }", "Line 4: table 'x' is empty."),
    (
        N + X + Y + PX + "probability ( y | x ) {\n(c) 1 0 0; }",
        "Line 7: table 'y' names 'c', which is no state of 'x'.",
    ),
    (N + X + Y + PX + "probability ( y | x ) { (a, b) 1 0 0; }", "table 'y', row (a, b) must name 1 parent states."),
    (N + X + Y + PX + "probability ( y | x ) { (a) 1 0 0; }", "Line 6: table 'y' lacks the row (b)."),
    (
        N + X + Y + PX + "probability ( y | x ) { (a) 1 0 0;\n(a) 1 0 0; }",
        "Line 7: table 'y' gives the row (a) a second",
    ),
    (N + X + "probability ( x ) { default 1 0;\ndefault 1 0; }", "Line 5: table 'x' has a second 'default' entry."),
    (
        N + X + Y + PX + "probability ( y | x ) { (a) 1 0 0; table 1 1 0 0 0 0; }",
        "has a 'table' entry and others beside",
    ),
    (
        N + X + Y + PX + "probability ( y | x ) { (a) 1 0 0; (b) 1 0; }",
        "table 'y', row (b) must have 3 numbers, not 2.",
    ),
    (N + X + Y + PX + "probability ( y | x ) { table 1 0 0; }", "Line 6: table 'y' must have 6 numbers, not 3."),
    (N + X + "probability ( x ) { table 1, 0, 0; }", "Line 4: table 'x' must have 2 numbers, not 3."),
    (N + X + "probability ( x ) { table -0.1, 1.1; }", "Line 4: table 'x' has the negative probability '-0.1'."),
    (N + X + "probability ( x ) { table 1/2, 1/2; }", "Line 4: table 'x' must hold decimal numbers, not '1/2'."),
    (N + X + "probability ( x ) { table nan, 1; }", "Line 4: table 'x' must hold decimal numbers, not 'nan'."),
    (N + X + "probability ( x ) { table 1e-9999, 1; }", "must hold decimal numbers, not '1e-9999'."),
    (N + X + f"probability ( x ) {{ table 0.{'1' * 5000}, 1; }}", "must hold decimal numbers, not '0.1111"),
    (N + X + "probability ( x ) { table 1e999, 1; }", "Line 4: table 'x' must sum to 1, not 1000000"),
    (N + X + "probability ( x ) { table 0.1, 0.3; }", "Line 4: table 'x' must sum to 1, not 0.4."),
    (
        N + X + Y + PX + "probability ( y | x ) { (a) 1 0 0; (b) .3 .3 .3; }",
        "Line 6: table 'y', row (b) must sum to 1, not",
    ),
    (
        N + X + Y + "probability ( x | y ) { default 1 0; }\nprobability ( y | x ) { default 1 0 0; }",
        "the parents make a cycle, x -> y -> x.",
    ),
    (N + X + "probability ( x | x ) { default 1 0; }", "Line 4: the parents make a cycle, x -> x."),
]


@pytest.mark.parametrize(("text", "message"), ERRORS, ids=range(len(ERRORS)))
def test_an_error_names_line_and_token(text: str, message: str) -> None:
    for rounding in ("error", "normalise"):
        if "must sum to 1, not" in message and message.endswith("not") and rounding == "normalise":
            continue  # a row of thirds, which this mode mends
        with pytest.raises(FormatError) as caught:
            read(text, rounding)
        assert message in str(caught.value)
        assert str(caught.value).startswith("Line ")


@pytest.mark.parametrize("end", range(0, 600, 37))
def test_a_file_cut_off_anywhere_is_an_error(end: int) -> None:
    with pytest.raises(FormatError, match="Line "):
        read(read_text(FILES["cancer"])[:end])


def test_bytes_that_are_no_text_and_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "x.bif"
    path.write_bytes(b"network n {\n}\n\xff")
    with pytest.raises(FormatError, match="Line 3: byte 0xff is not UTF-8 text."):
        BayesianNetwork.from_bif(path)
    with pytest.raises(TooLarge) as caught:
        BayesianNetwork.from_bif(path, max_bytes=10)
    assert (caught.value.predicted, caught.value.limit, caught.value.argument) == (15, 10, "max_bytes")
    with pytest.raises(FileNotFoundError):
        BayesianNetwork.from_bif(tmp_path / "none.bif")
    with pytest.raises(InvalidArgument, match="Argument 'text' must be a str, not bytes."):
        BayesianNetwork.from_bif_text(b"network n { }")  # type: ignore[arg-type]


def test_a_table_too_large_is_refused_before_it_is_made() -> None:
    names = [f"x{i}" for i in range(40)]
    blocks = [f"variable {name} {{ type discrete [ 2 ] {{ a, b }}; }}" for name in names]
    tables = [f"probability ( {name} ) {{ table 0 1; }}" for name in names[1:]]
    wide = f"probability ( x0 | {', '.join(names[1:])} ) {{ default 1 0; }}"
    with pytest.raises(TooLarge, match="Entries of the table of 'x0'") as caught:
        read("\n".join([N, *blocks, *tables, wide]))
    assert (caught.value.predicted, caught.value.argument) == (2**40, "limit")


# -- rounding ----------------------------------------------------------------------------------------------------------


def test_an_unknown_rounding_lists_the_known_ones() -> None:
    with pytest.raises(InvalidArgument, match="Argument 'rounding' must be one of 'error', 'normalise', not 'floor'."):
        read(N + X + PX, "floor")


def test_the_alarm_network_has_rows_of_thirds() -> None:
    with pytest.raises(FormatError, match="table 'HREKG', row .TRUE, LOW. must sum to 1, not 0.9999999. The miss is"):
        BayesianNetwork.from_bif(FILES["alarm"])
    P = BayesianNetwork.from_bif(FILES["alarm"], rounding="normalise")
    assert len(P.notes) == 6
    assert P.notes[0] == "table 'HREKG', row (TRUE, LOW), line 158: divided by its sum 0.9999999"
    third = P.condition({"ERRCAUTER": 0, "HR": 0}).marginal(["HREKG"])
    assert [weight for _, weight in third.items()] == [Fraction(1, 3)] * 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["asia", "cancer"])
def test_files_of_exact_rows_need_no_mending(name: str) -> None:
    exact = BayesianNetwork.from_bif(FILES[name])
    mended = BayesianNetwork.from_bif(FILES[name], rounding="normalise")
    assert mended.notes == exact.notes == ()
    assert mended.moment(mended.variables) == exact.moment(exact.variables)


@pytest.mark.parametrize(
    ("numbers", "fine"),
    [
        ("0.33, 0.33, 0.33", True),
        ("0.34, 0.34, 0.34", True),  # 0.02 too much, 0.03 allowed
        ("0.32, 0.32, 0.32", False),  # 0.04 too little
        ("0.333, 0.333, 0.333", True),
        ("3.33e-01, 0.333, 333e-3", True),
        ("0.33, 0.333, 0.333", True),  # each entry has a unit of its own
        ("0.333, 0.333, 0.33", True),
        ("0.3333, 0.3333, 0.333", True),
        ("0.3333, 0.3333, 0.331", False),
        ("1, 1, 1", False),  # whole numbers are exact
        ("1, 0.1, 0", True),  # 0.1 too much, one unit of 0.1
        ("1, 0.01, 0.01", True),
        ("1., 1e0, 0", False),
        ("0.9, 0, 0", True),
        ("0.8, 0, 0", False),
        ("0, 0, 0", False),
        ("0.0, 0.0, 0.0", False),
    ],
)
def test_a_row_is_mended_up_to_one_unit_in_the_last_place_of_each_entry(numbers: str, fine: bool) -> None:
    text = N + Y + f"probability ( y ) {{ table {numbers}; }}"
    with pytest.raises(FormatError) as caught:
        read(text)
    assert ("rounding='normalise'" in str(caught.value)) is fine
    if not fine:
        with pytest.raises(FormatError, match="must sum to 1"):
            read(text, "normalise")
        return
    P = read(text, "normalise")
    entries = [Fraction(number.strip()) for number in numbers.split(",")]
    assert len(P.notes) == 1
    assert P.moment(["y"]) == (entries[1] + 2 * entries[2]) / sum(entries)


def test_a_row_of_zeros_is_never_divided() -> None:
    states = ", ".join(f"s{i}" for i in range(12))
    text = N + f"variable z {{ type discrete [ 12 ] {{ {states} }}; }} probability ( z ) {{ table {'0.0 ' * 12}; }}"
    with pytest.raises(FormatError, match="must sum to 1, not 0."):
        read(text, "normalise")
