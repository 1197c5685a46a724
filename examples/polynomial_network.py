"""What does a small network owe to which inputs together, and does it notice a flower that does not exist?

A network with one hidden layer and squares as activation, whose output is trained on the 150 flowers of R. A. Fisher's iris data
(1936) to be the species: 0 setosa, 1 versicolor, 2 virginica. The hidden weights are fixed, the output weights solve the exact
least squares problem and are then rounded to thousandths. Traced from NumPy code, it is a polynomial circuit.

Run: python examples/polynomial_network.py [--picture FILE.png]
"""

import argparse
from fractions import Fraction
from importlib.resources import files

import numpy as np
import sympy

import symwick as sw

parser = argparse.ArgumentParser(description="A polynomial network on iris.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the errors of propagation and the terms at a flower")
picture = parser.parse_args().picture

LENGTHS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
path = files("symwick") / "data" / "iris.csv"
rows = [line.split(",") for line in path.read_text(encoding="utf-8").split()[1:]]
flowers = [[Fraction(cell) for cell in row[:4]] for row in rows]
species = [int(row[4]) for row in rows]

# The network: out = V (W x)² + U x + c, trained. ----------------------------------------------------------------------------

W = np.array([[1, 0, -1, 0], [0, 1, 0, -1], [1, -1, 0, 0], [0, 0, 1, -2]])


def features(x):
    return [*((W @ np.array(x)) ** 2), *x, 1]


design = sympy.Matrix([[sympy.Rational(str(v)) for v in features(x)] for x in flowers])
solved = (design.T * design).LUsolve(design.T * sympy.Matrix(species))
weights = [Fraction(round(1000 * value), 1000) for value in solved]
V, U, c = np.array(weights[:4]), np.array(weights[4:8]), weights[8]


def network(sepal_length, sepal_width, petal_length, petal_width):
    x = np.array([sepal_length, sepal_width, petal_length, petal_width])
    return {"species": V @ (W @ x) ** 2 + U @ x + c}


circuit = sw.trace(network, LENGTHS)
answers = [circuit.evaluate(dict(zip(LENGTHS, x, strict=True)))["species"] for x in flowers]
right = sum(round(a) == s for a, s in zip(answers, species, strict=True))
print(circuit.statistics())
print(f"Output weights {', '.join(map(str, weights))}: {right} of {len(rows)} flowers right.")
assert right >= 140

# Mean and variance of its output over the flowers, gate by gate. ------------------------------------------------------------

law = sw.Empirical([row[:4] for row in rows], LENGTHS)
mean = sum(answers) / Fraction(len(answers))
variance = sum((a - mean) ** 2 for a in answers) / Fraction(len(answers))
print("\nPropagated through the network; left out are joint cumulants of more than k wires:")
for order in (1, 2, 3, 4, None):
    run = sw.propagate(circuit, law, order)
    told = "exact" if order is None else f"k = {order}"
    print(f"  {told:5} mean {float(run.mean('species')):.6f}, variance {float(run.variance('species')):.6f}")
    assert (run.mean("species") == mean) == (order != 1)  # squares of linear forms need covariances, and no more
    assert (run.variance("species") == variance) == (order in (4, None))  # covariances of squares need four

# Which lengths together? ----------------------------------------------------------------------------------------------------

D = sw.gwpd(circuit, law)
shares = sw.covariance_shares(circuit, law)
print("\nShares of the variance of the output:")
for S in sorted(shares, key=lambda S: -abs(shares[S].value))[:6]:
    print(f"  {', '.join(v for v in LENGTHS if v in set(map(str, S))):28} {float(shares[S].value):+.3f}")
assert shares.check()
assert max(map(len, D)) == 2  # a network of squares holds pairs, and no more

# The sepals of a setosa with the petals of a virginica: is the network's answer of an unusual kind? -------------------------

setosa, virginica = rows[40], rows[101]
chimera = dict(zip(LENGTHS, [*setosa[:2], *virginica[2:4]], strict=True))
novelty = sw.novelty(circuit, law)
score = novelty.score(chimera)
print(f"\nA flower of two, {', '.join(chimera.values())}: the network says {float(circuit.evaluate(chimera)['species']):.2f}.")
for S, found in score.top(3):
    names = ", ".join(v for v in LENGTHS if v in set(map(str, S)))
    print(f"  {names:28} term {float(found.value):+.3f}, as large in the data with probability {found.tail}")
singles = [score[v].tail for v in LENGTHS]
print(f"  single lengths: {', '.join(map(str, singles))}")
S, found = score.top(1)[0]
assert len(S) == 2
assert found.tail < min(singles) / 5
print("Every length is common; such a petal beside such a sepal is not, and the term of the pair says so.")

if picture:
    import matplotlib.pyplot as plt

    figure, (left, right_) = plt.subplots(1, 2, figsize=(13, 4.8), layout="constrained")
    sw.plots.waterfall(D, chimera, top=9, ax=left)
    sw.plots.interaction_network(D, point=chimera, ax=right_)
    figure.savefig(picture, dpi=110)
