"""Sobol's G function: are the exact indices those of the closed formulas, for all sets of eight inputs?

f = Π_i (|4 x_i − 2| + a_i) / (1 + a_i) with x_i uniform on (0, 1), a common test of sensitivity analysis (A. Saltelli and
I. M. Sobol', 1995): a_i small makes an input matter. |4 x − 2| is no polynomial, but one on each half of the interval, and
that is integrated exactly. Known: V_i = 1/(3 (1 + a_i)²), V_S = Π_{i∈S} V_i, Var f = Π_i (1 + V_i) − 1.

Run: python examples/sobol_g.py [--picture FILE.png]
"""

import argparse
from fractions import Fraction
from math import prod

import symwick as sw

parser = argparse.ArgumentParser(description="Sobol's G function against its closed formulas.")
parser.add_argument("--picture", metavar="FILE.png", help="draw how the variance spreads over orders, and the pairs")
picture = parser.parse_args().picture

A = {"x1": "0", "x2": "1", "x3": "9/2", "x4": "9", "x5": "99", "x6": "99", "x7": "99", "x8": "99"}  # the usual values
G = "*".join(f"(Abs(4*{x} - 2) + {a})/(1 + {a})" for x, a in A.items())
law = sw.Independent({x: sw.Uniform(0, 1) for x in A})

indices = sw.sobol(G, law)
print(indices)

part = {x: 1 / (3 * (1 + Fraction(a)) ** 2) for x, a in A.items()}
variance = prod(1 + v for v in part.values()) - 1
assert sw.expectation(G, law) == 1
assert indices.variance == variance
checked = 0
for S, share in indices.interactions.items():
    assert share.value == prod(part[str(x)] for x in S) / variance
    checked += 1
for x in A:
    assert indices.first[x].value == part[x] / variance
    assert indices.total[x].value == part[x] * prod(1 + part[y] for y in A if y != x) / variance
assert checked == 2 ** len(A) - 1
print(f"\nVar f and all {checked} shares equal the closed formulas, as fractions.")
orders = [indices.order(k).value for k in range(1, len(A) + 1)]
assert sum(orders) == 1
print("Shares by order:", ", ".join(f"{k}: {float(share):.2e}" for k, share in enumerate(orders, start=1)))

# A term at a point, too, is the product of its inputs: W_S = Π (|4 x_i − 2| − 1) / (1 + a_i). -------------------------------

point = {x: Fraction(i, 10) for i, x in enumerate(A)}
D = sw.gwpd(G, law)
for S, value in D.at(point).items():
    assert value == prod((abs(4 * point[str(x)] - 2) - 1) / (1 + Fraction(A[str(x)])) for x in S)
print("At the point x_i = (i − 1)/10 every term equals its formula, and", D.check())
largest = [f"{{{', '.join(sorted(map(str, S)))}}} {float(value):+.3f}" for S, value in D.top(point, 4)]
print("The largest there:", ", ".join(largest))

if picture:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained", width_ratios=[1.1, 1])
    sw.plots.sizes_by_order(sw.gwpd(G, law), ax=left)
    sw.plots.waterfall(D, point, top=8, ax=right)
    figure.savefig(picture, dpi=110)
