"""Written-out Wick products: gwp(10) with its peak memory, and the bit-mask iterator against a bare recursion."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from math import factorial
from pathlib import Path
from statistics import median
from typing import Any

from symwick.decompose import formal

N = 10
TERMS = 678_570
ROUNDS = 5

MEMORY = """
import resource, sys
from symwick.decompose import formal
assert len(formal.gwp(int(sys.argv[1]))) == int(sys.argv[2])
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
"""


def recursive_partitions(mask: int) -> Iterator[tuple[int, ...]]:
    """The obvious generator: a block with the lowest bit, then partitions of what it leaves."""
    if not mask:
        yield ()
        return
    low = mask & -mask
    others = inside = mask ^ low
    while True:
        for rest in recursive_partitions(others ^ inside):
            yield (low | inside, *rest)
        if not inside:
            return
        inside = (inside - 1) & others


def recursive(n: int) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """The peer of ``compact``: the same terms, nothing clever."""
    full = (1 << n) - 1
    coefficients = [(-1) ** k * factorial(k) for k in range(n + 1)]
    for size in range(n + 1):
        for places in combinations(range(n), size):
            mask = sum(1 << i for i in places)
            for blocks in recursive_partitions(mask):
                yield full ^ mask, blocks, coefficients[len(blocks)]


def recursive_dict(n: int) -> dict[Any, int]:
    """The peer of ``gwp``: the same dict, blocks shared too, term by term from the bare recursion."""
    blocks = [frozenset(i for i in range(n) if mask >> i & 1) for mask in range(1 << n)]
    return {(blocks[held], frozenset(map(blocks.__getitem__, pi))): c for held, pi, c in recursive(n)}


def _seconds(work: Callable[[], int]) -> float:
    start = time.perf_counter()
    if work() != TERMS:
        raise AssertionError("a wrong number of terms")
    return time.perf_counter() - start


def _alternated(ours: Callable[[], int], peer: Callable[[], int]) -> tuple[float, float]:
    """Medians of alternate runs, so that a slow minute of the machine slows both."""
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(ROUNDS)]
    return median(one for one, _ in pairs), median(two for _, two in pairs)


def _peak_mb() -> float:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(N), str(TERMS)],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def run() -> list[dict[str, Any]]:
    """The rows, as ``benchmarks/__init__.py`` describes them."""
    peak = _peak_mb()
    dict_seconds, dict_peer = _alternated(lambda: len(formal.gwp(N)), lambda: len(recursive_dict(N)))
    seconds, peer = _alternated(lambda: sum(1 for _ in formal.compact(N)), lambda: sum(1 for _ in recursive(N)))
    return [
        {
            "name": f"formal.gwp({N})",
            "seconds": dict_seconds,
            "peer": "bare recursion into the same dict",
            "peer_seconds": dict_peer,
            "ratio": dict_peer / dict_seconds,
            "peak_mb": peak,
            "target": "under 2 s and 500 MB",
        },
        {
            "name": f"formal.compact({N})",
            "seconds": seconds,
            "peer": "bare recursive generator",
            "peer_seconds": peer,
            "ratio": peer / seconds,
            "peak_mb": None,
            "target": "ratio at least 1/3",
        },
    ]


if __name__ == "__main__":
    for row in run():
        print(
            ", ".join(
                f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()
            )
        )
