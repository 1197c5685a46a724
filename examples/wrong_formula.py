"""A colleague's function runs, looks right, and is wrong in one coefficient. Who finds it, and how?

The third joint cumulant κ(x, y, z) says how three columns of data interact beyond their pairs. Written in raw moments it is
E[xyz] − E[xy] E[z] − E[xz] E[y] − E[yz] E[x] + 2 E[x] E[y] E[z]; below, somebody has written the 2 as a 1. Of centred data the
term vanishes, so a test on centred data passes. The functions are made up; the mistake is a common one.

Run: python examples/wrong_formula.py
"""

import numpy as np

import symwick as sw


def colleagues(rows):
    """κ(x, y, z) of the columns of a matrix."""
    x, y, z = np.asarray(rows, dtype=float).T
    pairs = (x * y).mean() * z.mean() + (x * z).mean() * y.mean() + (y * z).mean() * x.mean()
    return (x * y * z).mean() - pairs + x.mean() * y.mean() * z.mean()


def mended(rows):
    """The same with the right coefficient."""
    x, y, z = np.asarray(rows, dtype=float).T
    pairs = (x * y).mean() * z.mean() + (x * z).mean() * y.mean() + (y * z).mean() * x.mean()
    return (x * y * z).mean() - pairs + 2 * x.mean() * y.mean() * z.mean()


# The test that was there: random centred data, against the mean of the product. It passes. ----------------------------------

data = np.random.default_rng(0).normal(size=(1000, 3))
data[:, 2] = data[:, 0] * data[:, 1] + 0.1 * data[:, 2]
data -= data.mean(axis=0)
assert np.isclose(colleagues(data), data.prod(axis=1).mean())
print("The colleague's own test, on centred data: passes")

# Against the exact value. ---------------------------------------------------------------------------------------------------

exact = sw.gcp("x*y*z", sw.Moments(["x", "y", "z"]))
print("\nExactly, under a law of which nothing is known:")
print(f"  {exact}, in raw moments {exact.expr}")

report = sw.verify(colleagues, exact, rows=["x", "y", "z"])
print("\nsw.verify of the colleague's function:", report.verdict)
print(" ", report.counterexample)
for sentence in report.diagnosis:
    print(" ", sentence)
assert not report
assert len(report.diagnosis) == 1
assert "E[x]*E[y]*E[z]" in report.diagnosis[0]
assert "1 instead of 2" in report.diagnosis[0]

# The counterexample is code: what a colleague gets is something to run. -----------------------------------------------------

print("\nAs a test to keep:")
print("\n".join("  " + line for line in report.counterexample.code.splitlines()))
assert colleagues([[1, 1, 1]]) == -1  # a single row does not stray, so nothing interacts
assert mended([[1, 1, 1]]) == 0

fixed = sw.verify(mended, exact, rows=["x", "y", "z"])
print(f"\nsw.verify of the mended one: {fixed.verdict}, {fixed.points} data sets")
assert fixed

# Nothing special about data: formulas in moments, whole decompositions, circuits are verified in the same way. --------------

pair = sw.gwp("x*y", sw.Moments(["x", "y"]))
right = sw.verify(lambda x, y, E_x, E_y, E_xy: (x - E_x) * (y - E_y) - (E_xy - E_x * E_y), pair)
print("\nω_xy (x·y) in another arrangement of its terms:", right.verdict)
assert right
