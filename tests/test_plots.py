"""Pictures: what is drawn equals the exact values, on the axes that were given; refusals by their whole sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib.resources import files
from itertools import combinations
from random import Random
from typing import Any

import pytest
import sympy

import symwick as sw
from symwick.errors import (
    InexactError,
    InvalidArgument,
    MissingLibrary,
    NotRational,
    SymwickError,
    TooLarge,
    UnknownVariable,
)
from tests.refusals import refuses

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

P = sw.Finite({(0, 0, 0): "1/2", (0, 1, 1): "1/4", (1, 0, 1): "1/8", (1, 1, 0): "1/8"}, ["x", "y", "z"])
F = "x*y*z - 2*x*y + z"
D = sw.gwpd(F, P)
G = sw.gcpd(F, P)
K = sw.interactions(F, P)
HERE = {"x": 1, "y": 1, "z": 0}
FAIR = sw.Independent({v: sw.Bernoulli("1/2") for v in "xyz"})
CIRCUIT = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
BITS = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def large() -> tuple[sw.GWPD, dict[str, int]]:
    """Thirty independent bits, pairs of which interact."""
    random = Random(7)
    names = [f"x{i}" for i in range(30)]
    pairs = [pair for pair in combinations(names, 2) if random.random() < 0.25]
    terms = [f"{random.randint(-3, 3)}*{v}" for v in names]
    terms += [f"{random.choice((-2, -1, 1, 2))}*{v}*{w}" for v, w in pairs]
    law = sw.Independent({v: sw.Bernoulli("1/3") for v in names})
    return sw.gwpd(" + ".join(terms), law), {v: random.randint(0, 1) for v in names}


def key(text: str) -> frozenset[sympy.Symbol]:
    """"{x, y}" as a key of a decomposition."""
    return frozenset(map(sympy.Symbol, text.strip("{}").split(", ")))


def row_labels(ax: Any) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def marks(ax: Any) -> list[float]:
    """Where the thick marks at E f and f(x) are."""
    return [float(line.get_xdata()[0]) for line in ax.get_lines() if line.get_linewidth() == 4]


def tick_labels(axis: Any) -> list[Any]:
    """The labels of the ticks that are seen."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if axis.axes.axison and low <= tick.get_loc() <= high]


def inside(ax: Any) -> None:
    """Nothing that is written reaches beyond the picture, and no two labels of an axis overlap."""
    figure = ax.figure
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    renderer = figure.canvas.get_renderer()
    named = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts, *tick_labels(ax.xaxis), *tick_labels(ax.yaxis)]
    for text in (text for text in named if text.get_text()):
        box = text.get_window_extent(renderer)
        assert box.x0 > -1, text.get_text()
        assert box.y0 > -1, text.get_text()
        assert box.x1 < width + 1, text.get_text()
        assert box.y1 < height + 1, text.get_text()
    boxes = [label.get_window_extent(renderer) for label in tick_labels(ax.yaxis) if label.get_text()]
    assert not any(one.shrunk(0.95, 0.8).overlaps(other.shrunk(0.95, 0.8)) for one, other in combinations(boxes, 2))


# -- the waterfall -----------------------------------------------------------------------------------------------------


def test_the_waterfall_draws_every_term_from_the_mean_to_f() -> None:
    ax = sw.plots.waterfall(D, HERE)
    assert isinstance(ax, matplotlib.axes.Axes)
    values = D.at(HERE)
    labels = row_labels(ax)
    assert (labels[0], labels[-1]) == ("E f", "f(x)")
    assert marks(ax) == [float(values[frozenset()]), float(D.target.at(HERE))]
    assert len(ax.patches) == len(labels) - 2 == len(values) - 1
    at = values[frozenset()]
    for label, bar in zip(labels[1:-1], ax.patches, strict=True):
        value = values[key(label)]
        assert bar.get_x() == float(at)
        assert bar.get_width() == pytest.approx(float(value), rel=1e-12)
        if value:
            assert matplotlib.colors.to_hex(bar.get_facecolor()) == ("#0072b2" if value < 0 else "#d55e00")
        at += value
    sizes = [abs(values[key(label)]) for label in labels[1:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert ax.get_title().replace("\u00a0", " ") == "Terms W_f(x_S) at x = 1, y = 1, z = 0"
    inside(ax)


def test_the_rest_of_the_terms_is_one_bar() -> None:
    decomposition, point = large()
    ax = sw.plots.waterfall(decomposition, point, top=4)
    labels = row_labels(ax)
    values = decomposition.at(point)
    rest = sum(value for S, value in values.items() if S) - sum(values[key(label)] for label in labels[1:5])
    assert labels[5] == f"{len(values) - 5} others"
    assert ax.patches[4].get_width() == pytest.approx(float(rest), rel=1e-12)
    assert len(labels) == 7
    assert row_labels(sw.plots.waterfall(D, HERE, top=6))[-2] == "1 other"
    inside(ax)


def test_orders_left_out_have_a_bar() -> None:
    cut = sw.gwpd("x*y + x*y*z", FAIR, max_order=2)
    ax = sw.plots.waterfall(cut, {"x": 1, "y": 1, "z": 1})
    assert row_labels(ax)[-2:] == ["orders above 2", "f(x)"]
    assert ax.patches[-1].get_width() == 0.125
    assert marks(ax) == [0.375, 2.0]
    whole = sw.gwpd("x*y + x*y*z", FAIR, max_order=3)
    assert "orders above" not in " ".join(row_labels(sw.plots.waterfall(whole, {"x": 1, "y": 1, "z": 1})))


def test_values_that_are_not_rational_are_drawn() -> None:
    circle = sw.Uniform(-sympy.pi, sympy.pi)
    wave = sw.gwpd("sin(x) + y**2*sin(x)", sw.Independent({"x": circle, "y": circle}))
    ax = sw.plots.waterfall(wave, {"x": 1, "y": 2})
    expected = sympy.sin(1) * (1 + sympy.pi**2 / 3)
    assert ax.patches[0].get_width() == pytest.approx(float(expected), rel=1e-12)
    assert sw.plots.heat_map(wave).images[0].get_array()[0, 0] == pytest.approx(
        float((1 + sympy.pi**2 / 3) ** 2 / 2), rel=1e-12
    )


# -- pairs: network and heat map -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", [HERE, None])
def test_the_heat_map_is_the_matrix_of_pairs(point: Any) -> None:
    ax = sw.plots.heat_map(D, point=point)
    (image,) = ax.images
    drawn = image.get_array()
    for i, one in enumerate("xyz"):
        for j, other in enumerate("xyz"):
            exact = D.second_moment({one, other}).value if point is None else D[one, other].at(HERE)
            assert drawn[i, j] == float(exact)
    assert [label.get_text() for label in ax.get_xticklabels()] == row_labels(ax) == ["x", "y", "z"]
    low, high = image.get_clim()
    assert high == float(abs(drawn).max())
    assert low == (0 if point is None else -high)
    assert len(ax.texts) == 9
    assert image.colorbar.ax.get_ylabel() == ("E[W_f(X_S)²]" if point is None else "W_f(x_S)")
    inside(ax)


def test_structural_zeros_are_masked_and_zeros_are_not() -> None:
    sparse = sw.gwpd("x*y - x/2 + z", FAIR)  # W(x) = 0, but not structurally
    drawn = sw.plots.heat_map(sparse).images[0].get_array()
    assert drawn[0, 0] == 0
    assert drawn.mask.tolist() == [[False, False, True], [False, False, True], [True, True, False]]
    alone = sw.plots.heat_map(sparse, singles=False)
    assert alone.images[0].get_array().mask.diagonal().all()
    assert alone.images[0].get_clim() == (0, 0.0625)
    assert alone.get_title().endswith("grey: structurally zero, or left out")
    assert "grey" not in sw.plots.heat_map(D).get_title()


def test_the_heat_map_of_interactions() -> None:
    drawn = sw.plots.heat_map(K).images[0].get_array()
    exact = K.matrix()
    assert all(drawn[i, j] == float(exact[i, j]) for i, j in ((0, 1), (0, 2), (1, 2), (2, 0)))
    assert drawn.mask.diagonal().all()


def test_the_network_draws_pairs_as_lines() -> None:
    ax = sw.plots.interaction_network(D, point=HERE)
    lines = {line.get_gid(): line for line in ax.get_lines()}
    exact = {f"{a} -- {b}": D[a, b].at(HERE) for a, b in combinations("xyz", 2)}
    assert set(lines) == set(exact)
    largest = max(map(abs, exact.values()))
    for name, value in exact.items():
        assert lines[name].get_linewidth() == pytest.approx(0.4 + 8.6 * float(abs(value) / largest))
        assert lines[name].get_color() == ("#0072B2" if value < 0 else "#D55E00")
    (nodes,) = (found for found in ax.collections if found.get_gid() == "singles")
    single = [D[v].at(HERE) for v in "xyz"]
    areas = nodes.get_sizes()
    for area, value in zip(areas, single, strict=True):
        assert area / max(areas) == pytest.approx(float(abs(value) / max(map(abs, single))))
    assert [text.get_text() for text in ax.texts] == ["x", "y", "z"]
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told == ["W_f(x_S) of the pair x, y: −0.7109", "W_f(x_S) of z alone: −0.4219"]
    assert (exact["x -- y"], single[2]) == (Fraction(-91, 128), Fraction(-27, 64))
    inside(ax)


def test_the_network_of_sizes_and_of_interactions() -> None:
    sizes = sw.plots.interaction_network(D)
    assert {line.get_color() for line in sizes.get_lines()} == {"#009E73"}
    average = sw.plots.interaction_network(K)
    assert [found for found in average.collections if found.get_gid() == "singles"] == []
    widths = {line.get_gid(): line.get_linewidth() for line in average.get_lines()}
    assert max(widths, key=lambda name: widths[name]) == "x -- y"
    assert widths["y -- z"] == pytest.approx(0.4 + 8.6 * float(K["y", "z"].value / abs(K["x", "y"].value)))


def test_large_pictures_hold_their_labels() -> None:
    decomposition, point = large()
    ax = sw.plots.interaction_network(decomposition, point=point, top=15)
    values = {S: value for S, value in decomposition.at(point).items() if len(S) == 2 and value}
    assert ax.get_title().endswith(f"the 15 largest of {len(values)} pairs")
    least = sorted(map(abs, values.values()), reverse=True)[14]
    shown = [frozenset(map(sympy.Symbol, line.get_gid().split(" -- "))) for line in ax.get_lines()]
    assert len(shown) == 15
    assert all(abs(values[S]) >= least for S in shown)
    inside(ax)
    inside(sw.plots.heat_map(decomposition, point=point))


def test_nodes_of_a_small_network_do_not_touch() -> None:
    decomposition, point = large()
    figure = matplotlib.figure.Figure(figsize=(14, 5), layout="constrained")
    axes = figure.subplots(1, 3)
    ax = sw.plots.interaction_network(decomposition, point=point, ax=axes[1])
    figure.draw_without_rendering()
    (nodes,) = (found for found in ax.collections if found.get_gid() == "singles")
    places = ax.transData.transform(nodes.get_offsets()) * 72 / figure.dpi
    apart = min(float(((places[i] - places[i - 1]) ** 2).sum()) ** 0.5 for i in range(30))
    assert max(nodes.get_sizes()) ** 0.5 < apart


def test_a_network_without_pairs() -> None:
    ax = sw.plots.interaction_network(sw.gwpd("x + y", FAIR))
    assert list(ax.get_lines()) == []
    assert len(ax.texts) == 3


# -- orders --------------------------------------------------------------------------------------------------------------


def test_sizes_by_order_are_those_of_the_concentration() -> None:
    ax = sw.plots.sizes_by_order(D)
    sizes = D.concentration()
    heights: dict[int, float] = {}
    for bar in ax.patches:
        order = round(bar.get_x() + bar.get_width() / 2)
        heights[order] = heights.get(order, 0) + bar.get_height()
    assert heights == pytest.approx({order: float(size) for order, size in sizes.by_order.items()})
    assert len(ax.patches) == len(sizes.by_set)
    assert [text.get_text() for text in ax.texts] == [f"{float(100 * sizes.share(k)):.3g} %" for k in (1, 2, 3)]
    assert "dependent inputs" in ax.get_title()
    assert sw.plots.sizes_by_order(sizes).get_title() == ax.get_title()
    inside(ax)
    point = sw.plots.sizes_by_order(D, point=HERE)
    tops = [bar.get_y() + bar.get_height() for bar in point.patches]
    assert max(tops) == pytest.approx(float(max(D.concentration(HERE).by_order.values())))


def test_an_order_without_terms_keeps_its_place() -> None:
    ax = sw.plots.sizes_by_order(sw.gwpd("x + 8*(y - 1/2)*(z - 1/2)*(x - 1/2)", FAIR))
    assert [text.get_text() for text in ax.texts] == ["20 %", "0 %", "80 %"]


def test_labels_of_many_orders_stay_apart() -> None:
    names = [f"x{i}" for i in range(9)]
    ax = sw.plots.sizes_by_order(sw.gwpd("*".join(names), sw.Independent({v: sw.Uniform(1, 2) for v in names})))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert ax.texts[-1].get_text() == "< 0.1 %"
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_errors_by_order_equal_the_exact_ones_zeros_too() -> None:
    ax = sw.plots.error_by_order(CIRCUIT, BITS, [3, 1, 2])
    exact = sw.propagate(CIRCUIT, BITS, None).mean("out")
    expected = [float(abs(sw.propagate(CIRCUIT, BITS, order).mean("out") - exact)) for order in (1, 2, 3)]
    (line,) = ax.get_lines()
    assert line.get_ydata().tolist() == expected == [31 / 64, 3 / 32, 0]
    assert ax.get_yscale() == "symlog"
    assert ax.get_ylim()[0] == 0
    ticks = [label.get_text() for label in ax.get_yticklabels()]
    assert ticks == ["0", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]
    assert ax.get_title() == "Error of the mean of out by order"
    inside(ax)


def test_errors_of_many_wires_against_known_probabilities() -> None:
    data = files("symwick") / "data"
    c17 = sw.Circuit.from_bench_text((data / "c17.bench").read_text(encoding="utf-8"))
    fair = sw.Independent({name: sw.Bernoulli("1/2") for name in c17.inputs})
    table = json.loads((data / "iscas85_probabilities.json").read_text(encoding="utf-8"))["circuits"]["c17"]
    known = {net: Fraction(a, 2**b) for net, (a, b) in table.items()}
    ax = sw.plots.error_by_order(c17, fair, range(1, 3), outputs=known, exact=known)
    drawn = {line.get_label(): line.get_ydata().tolist() for line in ax.get_lines()}
    for net, errors in drawn.items():
        assert errors == [float(abs(sw.propagate(c17, fair, k).mean(net) - known[net])) for k in (1, 2)]
    wires = [*known, *c17.inputs]
    ax = sw.plots.error_by_order(c17, fair, [1, 2], outputs=wires, closure="boolean")
    lines = {line.get_label(): line.get_ydata().tolist() for line in ax.get_lines() if line.get_gid() != "wire"}
    columns = list(zip(*[line.get_ydata().tolist() for line in ax.get_lines() if line.get_gid() == "wire"], strict=True))
    assert len(columns[0]) == 11
    assert lines["largest"] == [max(column) for column in columns]
    assert lines["mean"] == pytest.approx([sum(column) / 11 for column in columns])
    assert [text.get_text() for text in ax.texts] == [f"{column.count(0)} of 11\nwithout error" for column in columns]
    assert columns[0].count(0) > 0
    assert ax.get_title() == "Error of means of 11 wires by order (closure boolean)"


def test_estimates_without_any_error_need_no_logarithm() -> None:
    ax = sw.plots.error_by_order(CIRCUIT, BITS, [3, 4])
    assert ax.get_lines()[0].get_ydata().tolist() == [0, 0]
    assert ax.get_yscale() == "linear"


def test_floats_are_compared_as_the_numbers_they_are() -> None:
    ax = sw.plots.error_by_order(CIRCUIT, BITS, [1, 2], ring="float64", exact={"out": "5/8"})
    assert ax.get_lines()[0].get_ydata().tolist() == pytest.approx([31 / 64, 3 / 32], rel=1e-12)


# -- averages --------------------------------------------------------------------------------------------------------------


def test_partitions_are_the_terms_of_the_mean() -> None:
    ax = sw.plots.partitions(G)
    labels = row_labels(ax)
    for label, bar in zip(labels, ax.patches, strict=True):
        exact = G[[block.split(", ") for block in label.split(" | ")]].value
        assert bar.get_width() == float(exact)
        assert bar.get_x() == 0
    assert len(labels) == len(G)
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(float(G.target.value))
    assert ax.get_title() == "E f = Σ_π K_f(π) = 0.125"
    inside(ax)
    few = sw.plots.partitions(G, top=2)
    assert row_labels(few)[2] == "3 others"
    rest = sum(sorted((form.value for form in G.values()), key=abs)[:3])
    assert few.patches[2].get_width() == pytest.approx(float(rest))


def test_long_partitions_show_blocks_of_several_inputs() -> None:
    names = ["first_measurement", "second_measurement", "third_measurement"]
    law = sw.Finite({(0, 0, 0): "1/2", (0, 1, 1): "1/4", (1, 0, 1): "1/8", (1, 1, 0): "1/8"}, names)
    ax = sw.plots.partitions(sw.gcpd("*".join(names), law))
    assert sorted(label.replace("\n", " ") for label in row_labels(ax)) == [
        "each apart", "first_measurement, second_measurement | …", "first_measurement, second_measurement, third_measurement",
        "first_measurement, third_measurement | …", "second_measurement, third_measurement | …",
    ]  # fmt: skip
    assert ax.get_xlabel() == "K_f(π);  … stands for the other inputs, each apart"
    inside(ax)


# -- what all share ---------------------------------------------------------------------------------------------------------


DRAWINGS: dict[str, Callable[..., Any]] = {
    "waterfall": lambda **more: sw.plots.waterfall(D, HERE, **more),
    "heat_map": lambda **more: sw.plots.heat_map(D, point=HERE, **more),
    "interaction_network": lambda **more: sw.plots.interaction_network(D, **more),
    "sizes_by_order": lambda **more: sw.plots.sizes_by_order(D, **more),
    "error_by_order": lambda **more: sw.plots.error_by_order(CIRCUIT, BITS, [1, 2], **more),
    "partitions": lambda **more: sw.plots.partitions(G, **more),
}


def test_every_function_is_among_the_drawings() -> None:
    assert sorted(DRAWINGS) == sw.plots.__all__


@pytest.mark.parametrize("name", DRAWINGS)
def test_given_axes_are_drawn_on_and_no_figure_is_made(name: str) -> None:
    figure = matplotlib.figure.Figure(layout="constrained")
    left, right = figure.subplots(1, 2)
    assert DRAWINGS[name](ax=right) is right
    assert plt.get_fignums() == []
    assert not left.has_data()
    figure.draw_without_rendering()


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_of_its_own_is_made_and_not_shown(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("shown"))
    ax = DRAWINGS[name]()
    assert [plt.figure(number) for number in plt.get_fignums()] == [ax.figure]
    ax.figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 5000


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_is_no_axes_is_refused(name: str) -> None:
    refuses(InvalidArgument, "Argument 'ax' must be matplotlib Axes, not 3.", lambda: DRAWINGS[name](ax=3))


@pytest.mark.parametrize("name", DRAWINGS)
def test_without_matplotlib_it_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [m for m in sys.modules if m.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    text = 'Pictures need matplotlib, which is not installed: pip install "symwick[plots]".'
    refuses(MissingLibrary, text, DRAWINGS[name])
    with pytest.raises(ImportError):
        DRAWINGS[name]()


def test_names_are_not_read_as_formulas() -> None:
    money = sw.gwpd("a*b", sw.Independent({"a": sw.Bernoulli("1/2"), "b": sw.Bernoulli("1/2")}), inputs={"$in": "a", "$out": "b"})
    ax = sw.plots.waterfall(money, {"a": 1, "b": 1})
    assert r"{\$in, \$out}" in row_labels(ax)
    inside(ax)


def test_long_sets_are_shortened() -> None:
    names = [f"variable_number_{i}" for i in range(6)]
    long = sw.gwpd("*".join(names), sw.Independent({v: sw.Rademacher() for v in names}))
    ax = sw.plots.waterfall(long, dict.fromkeys(names, 1))
    assert row_labels(ax)[1] == "{variable_number_0, variable_number_1,\nvariable_number_2, … 3 more}"
    inside(ax)


A = sw.gwpd("a*x*y", FAIR)
HUGE = sw.gwpd(f"x*y*{10**400}", FAIR)

REFUSALS: dict[str, tuple[type[SymwickError], Callable[[], Any]]] = {
    "Argument 'D' must be a GWPD, made by sw.gwpd, not 3.": (InvalidArgument, lambda: sw.plots.waterfall(3, HERE)),
    "Argument 'top' must be an integer that is at least 1, not 0.": (InvalidArgument, lambda: sw.plots.waterfall(D, HERE, top=0)),
    "Argument 'point' must map variables to numbers, not be 3.": (InvalidArgument, lambda: sw.plots.waterfall(D, 3)),
    "Argument 'point' must give every variable of the form; it lacks y, z.": (
        InvalidArgument, lambda: sw.plots.waterfall(D, {"x": 1}),
    ),
    "Argument 'point' names q, which the form lacks; it has: x, y, z.": (
        UnknownVariable, lambda: sw.plots.waterfall(D, HERE | {"q": 1}),
    ),
    "The form at this point is no number: the parameters a remain. It is a/4; see .expr.": (
        NotRational, lambda: sw.plots.waterfall(A, HERE),
    ),
    "A value to be drawn must fit into a float, not be about 10^399.": (InvalidArgument, lambda: sw.plots.waterfall(HUGE, HERE)),
    "Argument 'source' must be a GWPD, made by sw.gwpd, or made by sw.interactions, not 3.": (
        InvalidArgument, lambda: sw.plots.heat_map(3),
    ),
    "Argument 'point' must be None for Interactions, which are averages, not {'x': 1}.": (
        InvalidArgument, lambda: sw.plots.interaction_network(K, point={"x": 1}),
    ),
    "Argument 'source' must hold pairs, but it stops at max_order=1.": (
        InvalidArgument, lambda: sw.plots.heat_map(sw.gwpd(F, P, max_order=1)),
    ),
    "The value is no number: the parameters a remain. It is a**2/16; see .expr.": (
        NotRational, lambda: sw.plots.interaction_network(A),
    ),
    "Argument 'singles' must be True or False, not 1.": (InvalidArgument, lambda: sw.plots.heat_map(D, singles=1)),
    "Argument 'source' must have at least one input, not none.": (
        InvalidArgument, lambda: sw.plots.heat_map(sw.gwpd("3", sw.Independent({}))),
    ),
    "Argument 'D' must be a GWPD, made by sw.gwpd, or its concentration(), not 3.": (
        InvalidArgument, lambda: sw.plots.sizes_by_order(3),
    ),
    "Argument 'point' must be None for sizes that are known already, not {'x': 1}.": (
        InvalidArgument, lambda: sw.plots.sizes_by_order(D.concentration(), point={"x": 1}),
    ),
    "Argument 'D' must have a term that is not 0 beside the mean, but there is none.": (
        InvalidArgument, lambda: sw.plots.sizes_by_order(sw.gwpd("3", FAIR)),
    ),
    "A loaded decomposition has no law: pass point=, a point.": (
        InvalidArgument, lambda: sw.plots.sizes_by_order(sw.from_json(D.to_json())),
    ),
    "Argument 'D' must be a GCPD, made by sw.gcpd, not 3.": (InvalidArgument, lambda: sw.plots.partitions(3)),
    "Argument 'circuit' must be a Circuit, not 3.": (InvalidArgument, lambda: sw.plots.error_by_order(3, BITS, [1])),
    "Argument 'law' must be a law (Finite, Independent, MultivariateNormal, …), not 3.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, 3, [1]),
    ),
    "Argument 'orders' must be a list of orders, such as [1, 2, 3], not 2.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, 2),
    ),
    "Argument 'orders' must be an integer that is at least 1, not 0.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [0]),
    ),
    "Argument 'orders' must hold at least one order; it is empty.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, []),
    ),
    "Argument 'outputs' must be a list of wires, not 3.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], outputs=3),
    ),
    "Argument 'outputs' must name at least one wire; there is none.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], outputs=[]),
    ),
    "Argument 'exact' must map wires to their exact means, not be 3.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], exact=3),
    ),
    "Argument 'exact' must give the mean of every wire, but lacks out.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], exact={"x": 0}),
    ),
    "Argument 'exact[out]' must be exact, not the float 0.5. Write it as text ('0.5'), as a Fraction or as a sympy Rational; "
    "or ask for ring='float64' where that is offered.": (
        InexactError, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], exact={"out": 0.5}),
    ),
    "Argument 'ring' must be 'exact' or 'float64', not 'symbolic'.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], ring="symbolic"),
    ),
    "Argument 'schedule' must be one of gate, layer, not 'late'.": (
        InvalidArgument, lambda: sw.plots.error_by_order(CIRCUIT, BITS, [1], schedule="late"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSALS, ids=lambda text: text[:50])
def test_refusals(text: str) -> None:
    kind, work = REFUSALS[text]
    refuses(kind, text, work)
    assert plt.get_fignums() == []


def test_an_unknown_wire_and_too_many_partitions() -> None:
    with pytest.raises(UnknownVariable, match="Argument 'outputs' names 'nothing', which is no wire; the outputs are: out."):
        sw.plots.error_by_order(CIRCUIT, BITS, [1], outputs=["nothing"])
    names = [f"x{i}" for i in range(14)]
    tied = sw.Mixture([("1/2", sw.Independent({v: sw.Bernoulli(p) for v in names})) for p in ("1/3", "2/3")])
    with pytest.raises(TooLarge, match="Terms to count"):
        sw.plots.partitions(sw.gcpd("*".join(names), tied))
