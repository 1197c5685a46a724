"""Tables over bits: all terms of a GWPD, exact and in float64, against plain recursions, a Moebius transform and shapiq."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np
from flint import fmpq

import symwick as sw

ROUNDS = 3
EXACT, FLOAT, FLOAT_PEER, SMALL, INDEPENDENT = 10, 12, 10, 8, 14

Row = dict[str, Any]

MEMORY = """
import resource, sys
from benchmarks import bench_tables
assert len(bench_tables.float_terms(*bench_tables.float_problem(int(sys.argv[1])))) == 2 ** int(sys.argv[1])
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
"""


def names(n: int) -> list[str]:
    return [f"x{i}" for i in range(n)]


def ones(n: int) -> dict[str, int]:
    """The point at which all terms are evaluated."""
    return dict.fromkeys(names(n), 1)


def dependent_law(n: int) -> sw.Finite:
    """A law of full support over n bits without any independence."""
    random = Random(n)
    weights = [random.randint(1, 1000) for _ in range(1 << n)]
    total = sum(weights)
    return sw.Finite(
        {point: Fraction(w, total) for point, w in zip(product((0, 1), repeat=n), weights, strict=True)}, names(n)
    )


def exact_table(n: int) -> Any:
    random = Random(n + 1)
    table = np.empty(1 << n, dtype=object)
    table[:] = [Fraction(random.randint(-999, 999), random.randint(1, 99)) for _ in range(1 << n)]
    return table.reshape((2,) * n)


def float_problem(n: int) -> tuple[Any, sw.Finite]:
    return np.random.default_rng(n).normal(size=(2,) * n), dependent_law(n)


# -- ours -------------------------------------------------------------------------------------------------------------------


def exact_terms(table: Any, law: sw.Law) -> dict[Any, Any]:
    """All coefficients, the Wick series, and the values of all terms at one point."""
    terms = sw.gwpd(table, law)
    _ = terms.coefficients, terms._engine.basis.rho
    return dict(terms.at(ones(table.ndim)))


def float_terms(table: Any, law: sw.Law) -> dict[Any, Any]:
    """All coefficients in plain floats, and the values of all terms at one point (with the error bounds kept)."""
    terms = sw.gwpd(table, law, ring="float64")
    _ = terms.coefficients
    return dict(terms.at(ones(table.ndim)))


# -- peers ------------------------------------------------------------------------------------------------------------------


def joint_array(law: sw.Finite, n: int, number: Callable[[Fraction], Any], dtype: Any) -> Any:
    joint = np.zeros((2,) * n, dtype=dtype)
    for point, weight in law.items():
        joint[tuple(map(int, point))] = number(Fraction(weight))
    return joint


def recursion(table: Any, joint: Any) -> list[Any]:
    """W_f(1, …, 1) for all sets, by the definition: ω_S f = f − Σ_{T⊊S} E_{S∖T} ω_T f, operators on whole tables."""
    n = table.ndim
    everything = (1 << n) - 1
    axes = [tuple(i for i in range(n) if mask >> i & 1) for mask in range(1 << n)]
    marginals = [joint.sum(axis=axes[everything ^ mask], keepdims=True) for mask in range(1 << n)]
    wick: list[Any] = [None] * (1 << n)
    values = []
    for chosen in range(1 << n):
        total = table.copy()
        held = chosen
        while held:
            held = (held - 1) & chosen
            drawn = chosen ^ held
            total -= (wick[held] * marginals[drawn]).sum(axis=axes[drawn], keepdims=True)
        wick[chosen] = total
        drawn = everything ^ chosen
        average = (total * marginals[drawn]).sum(axis=axes[drawn], keepdims=True) if drawn else total
        values.append(average[tuple(int(i in axes[chosen]) for i in range(n))])
    return values


def fast_moebius(values: Any) -> Any:
    """The plain transform: one subtraction of halves an axis."""
    result = values.copy()
    for i in range(result.size.bit_length() - 1):
        pairs = result.reshape(-1, 2, 1 << i)
        pairs[:, 1] -= pairs[:, 0]
    return result


# -- measuring --------------------------------------------------------------------------------------------------------------


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def typical(work: Callable[[Any, Any], Any], make: Callable[[], tuple[Any, Any]]) -> float:
    """The median over fresh problems, so that no law has kept anything from the round before."""
    rounds = []
    for _ in range(ROUNDS):
        problem = make()
        rounds.append(seconds_of(lambda problem=problem: work(*problem))[0])
    return median(rounds)


def in_order(values: dict[Any, Any], n: int) -> list[Any]:
    """The values of the terms by the bit mask of their set."""
    places = {name: i for i, name in enumerate(names(n))}
    return [v for _, v in sorted((sum(1 << places[str(x)] for x in key), value) for key, value in values.items())]


def peak_mb() -> float:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(FLOAT)],
        cwd=Path(__file__).resolve().parent.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


# -- rows -------------------------------------------------------------------------------------------------------------------


def exact_rows() -> list[Row]:
    whole = typical(exact_terms, lambda: (exact_table(EXACT), dependent_law(EXACT)))
    table, law = exact_table(SMALL), dependent_law(SMALL)
    seconds = typical(exact_terms, lambda: (exact_table(SMALL), dependent_law(SMALL)))
    engine_table = np.empty(1 << SMALL, dtype=object)
    engine_table[:] = [fmpq(v.numerator, v.denominator) for v in table.ravel()]
    joint = joint_array(law, SMALL, lambda w: fmpq(w.numerator, w.denominator), object)
    peer, values = seconds_of(lambda: recursion(engine_table.reshape(table.shape), joint))
    ours = in_order(exact_terms(table, law), SMALL)
    if ours != [Fraction(int(v.p), int(v.q)) for v in values]:
        raise AssertionError("the two routes differ")
    return [
        {
            "name": f"gwpd, {EXACT} dependent bits, exact: all {1 << EXACT:,} terms",
            "seconds": whole,
            "target": "under 3 s",
        },
        {
            "name": f"gwpd, {SMALL} dependent bits, exact: all {1 << SMALL:,} terms",
            "seconds": seconds,
            "peer": f"3^{SMALL} contractions of whole tables (same rationals)",
            "peer_seconds": peer,
        },
    ]


def float_rows() -> list[Row]:
    peak = peak_mb()
    whole = typical(float_terms, lambda: float_problem(FLOAT))
    n = FLOAT_PEER
    seconds = typical(float_terms, lambda: float_problem(n))
    table, law = float_problem(n)
    joint = joint_array(law, n, float, float)
    peer, values = seconds_of(lambda: recursion(table, joint))
    if not np.allclose(in_order(float_terms(table, law), n), values, rtol=0, atol=1e-9):
        raise AssertionError("the two routes differ")
    return [
        {
            "name": f"gwpd, {FLOAT} dependent bits, float64: all {1 << FLOAT:,} terms",
            "seconds": whole,
            "peak_mb": peak,
            "target": "under 0.5 s and 200 MB",
        },
        {
            "name": f"gwpd, {n} dependent bits, float64: all {1 << n:,} terms",
            "seconds": seconds,
            "peer": f"3^{n} contractions of whole tables (NumPy floats)",
            "peer_seconds": peer,
        },
    ]


def accuracy_rows() -> list[Row]:
    """Errors of float64 against exact numbers for the same floats: they stand in the names."""
    table, law = float_problem(SMALL)
    exact = np.empty(table.size, dtype=object)
    exact[:] = [Fraction(v) for v in table.ravel().tolist()]
    exact = exact.reshape(table.shape)
    largest = Fraction(float(np.max(np.abs(table))))

    def tables(f: Any, ring: str) -> list[Any]:
        engine = sw.gwpd(f, law, ring=ring)._engine
        return [engine.term_table(mask) for mask in range(1 << SMALL)]

    seconds, floats = seconds_of(lambda: tables(table, "float64"))
    worst = Fraction(0)
    for found, wanted in zip(floats, tables(exact, "exact"), strict=True):
        for a, b in zip(np.asarray(found.value).ravel().tolist(), np.asarray(wanted).ravel(), strict=True):
            worst = max(worst, abs(Fraction(a) - Fraction(int(b.p), int(b.q))))
    gcp_seconds, joint = seconds_of(lambda: sw.gcp(table, law, ring="float64").value)
    wanted = Fraction(sw.gcp(exact, law).value)
    found = Fraction(getattr(joint, "value", joint))
    return [
        {
            "name": f"all term tables, {SMALL} dependent bits, float64: largest error {float(worst / largest):.1e} max|f|",
            "seconds": seconds,
            "target": "error at most 1e-13 max|f|",
        },
        {
            "name": f"K_f([{SMALL}]), float64: relative error {float(abs(found - wanted) / abs(wanted)):.1e}",
            "seconds": gcp_seconds,
            "target": "error at most 1e-12",
        },
    ]


def independent_rows() -> list[Row]:
    n = INDEPENDENT
    law = sw.Independent({name: sw.Bernoulli(Fraction(i + 1, n + 2)) for i, name in enumerate(names(n))})
    table = np.random.default_rng(n).normal(size=(2,) * n)
    flat = table.ravel()

    def ours() -> Any:
        return sw.gwpd(table, law, ring="float64").coefficients

    ours(), fast_moebius(flat)  # imports and the law's own tables
    rounds = [(seconds_of(ours)[0], seconds_of(lambda: fast_moebius(flat))[0]) for _ in range(31)]
    seconds, peer = median(a for a, _ in rounds), median(b for _, b in rounds)
    name = f"gwpd, {n} independent bits, float64: {1 << n:,} coefficients"
    rows: list[Row] = [
        {
            "name": name,
            "seconds": seconds,
            "peer": "plain fast Moebius transform (NumPy)",
            "peer_seconds": peer,
            "target": "ratio at least 1/5",
        }
    ]
    shapiq_seconds = shapiq_moebius(flat, n)
    if shapiq_seconds is not None:
        rows.append(
            {
                "name": name,
                "seconds": seconds,
                "peer": "shapiq.ExactComputer, Moebius",
                "peer_seconds": shapiq_seconds,
                "target": "ratio at least 100",
            }
        )
    exact = np.empty(flat.size, dtype=object)
    exact[:] = [Fraction(v) for v in flat.tolist()]
    exact = exact.reshape(table.shape)
    exact_seconds = median(seconds_of(lambda: sw.gwpd(exact, law).coefficients)[0] for _ in range(ROUNDS))
    rows.append({"name": name.replace("float64", "exact"), "seconds": exact_seconds, "target": "seconds"})
    return rows


def shapiq_moebius(values: Any, n: int) -> float | None:
    """Seconds of shapiq's exact computer for the same table, after a check that it finds the same transform."""
    try:
        import shapiq
    except ImportError:
        print("bench_tables: shapiq is not installed, its row is left out", file=sys.stderr)
        return None
    weights = 1 << np.arange(n)
    seconds, found = seconds_of(
        lambda: shapiq.ExactComputer(lambda coalitions: values[coalitions @ weights], n_players=n)("Moebius", n)
    )
    wanted = fast_moebius(values)
    for i in range(n):
        for j in range(i):
            if abs(found[(j, i)] - wanted[1 << i | 1 << j]) > 1e-9:
                raise AssertionError("shapiq finds another transform")
    return seconds


def run() -> list[Row]:
    """The rows, as ``benchmarks/__init__.py`` describes them."""
    return [*exact_rows(), *float_rows(), *accuracy_rows(), *independent_rows()]


if __name__ == "__main__":
    for row in run():
        print(
            ", ".join(
                f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()
            )
        )
