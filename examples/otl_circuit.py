"""Which parts make amplifiers from one production line differ, and does it matter that resistors come from the same lot?

The midpoint voltage of an output transformerless push-pull amplifier, a rational function of four kinds of resistors and a gain
(E. N. Ben-Ari and D. M. Steinberg, 2007). Resistors stray by their lot and by themselves: two of the same lot are dependent. The
tolerances are typical ones, chosen for this example.

Run: python examples/otl_circuit.py [--picture FILE.png]
"""

import argparse
from fractions import Fraction
from itertools import product

import symwick as sw

parser = argparse.ArgumentParser(description="Tolerances of a push-pull amplifier.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the terms of two amplifiers")
picture = parser.parse_args().picture


def midpoint(Rb1, Rb2, Rf, Rc1, Rc2, beta):
    """The midpoint voltage V_m; resistances in kΩ, the supply is 12 V."""
    gain = beta * (Rc2 + 9)
    base = 12 * Rb2 / (Rb1 + Rb2)  # a voltage divider
    drop = Fraction(74, 100)
    return (base + drop) * gain / (gain + Rf) + Fraction("11.35") * Rf / (gain + Rf) + drop * Rf * gain / ((gain + Rf) * Rc1)


def two_of_a_lot(one: tuple[str, Fraction], other: tuple[str, Fraction]) -> sw.Finite:
    """Two resistors of one lot: the lot strays by ±3 %, each of them by another ±1 %, all equally likely."""
    weights: dict[tuple[Fraction, ...], Fraction] = {}
    for lot, a, b in product((-3, 3), (-1, 1), (-1, 1)):
        point = (one[1] * Fraction(100 + lot + a, 100), other[1] * Fraction(100 + lot + b, 100))
        weights[point] = weights.get(point, Fraction(0)) + Fraction(1, 8)
    return sw.Finite(weights, [one[0], other[0]])


PARTS = ["Rb1", "Rb2", "Rf", "Rc1", "Rc2", "beta"]
dividers = two_of_a_lot(("Rb1", Fraction(100)), ("Rb2", Fraction(47)))
collectors = two_of_a_lot(("Rc1", Fraction("1.8")), ("Rc2", Fraction("0.68")))
rest = {
    "Rf": sw.Categorical({Fraction("1.71"): "1/4", Fraction("1.80"): "1/2", Fraction("1.89"): "1/4"}),
    "beta": sw.Categorical({100: "1/4", 150: "1/2", 200: "1/4"}),
}
lots = sw.Independent([dividers, collectors, sw.Independent(rest)]).marginal(PARTS)
strangers = sw.Independent({v: lots.marginal([v]) for v in PARTS})  # the same parts, each from a lot of its own

f = sw.function(midpoint, PARTS)
mean = sw.expectation(f, lots).value
shares = {"of one lot": sw.covariance_shares(f, lots), "of different lots": sw.covariance_shares(f, strangers)}
print(f"Mean midpoint voltage {float(mean):.4f} V.")
for told, found in shares.items():
    print(f"Resistors {told}: standard deviation {float(found.variance.value) ** 0.5:.4f} V")
ratio = shares["of different lots"].variance.value / shares["of one lot"].variance.value
print(f"The variance is {float(ratio):.1f} times larger with different lots, though each resistor strays just as much.")
assert ratio > 5

# Why: in the divider Rb2/(Rb1 + Rb2) what two resistors have in common cancels. ---------------------------------------------

print("\nShares of the variance, resistors of one lot: share = by itself + by its correlation with the others")
one_lot = shares["of one lot"]
for S in sorted(one_lot, key=lambda S: -abs(one_lot[S].value))[:6]:
    own, company = one_lot.structural(S).value, one_lot.correlative(S).value
    print(f"  {', '.join(sorted(map(str, S))):10} {float(one_lot[S].value):+8.4f} = {float(own):7.4f} {float(company):+8.4f}")
assert one_lot.check()
assert one_lot.correlative("Rb1").value < 0
assert one_lot.correlative("Rb2").value < 0
assert all(shares["of different lots"].correlative(v).value == 0 for v in PARTS)

# The two as one part: the divider. Then inputs are independent, and Sobol indices exist. ------------------------------------

blocks = {"divider": ["Rb1", "Rb2"], "collectors": ["Rc1", "Rc2"], "Rf": ["Rf"], "beta": ["beta"]}
indices = sw.sobol(f, lots, inputs=blocks)
print("\nLots as single inputs:")
for name in blocks:
    print(f"  {name:10} first {float(indices.first[name].value):.5f}, total {float(indices.total[name].value):.5f}")
together = 1 - indices.order(1).value
print(f"  all interactions together {float(together):.1e}: near its working point the amplifier is almost additive")
assert 0 < together < Fraction(1, 1000)

# Two amplifiers of the line: divider resistors 4 % too large both, and one 4 % too large, the other 4 % too small. ----------

usual = {"Rf": "1.80", "Rc1": Fraction("1.8") * Fraction(98, 100), "Rc2": Fraction("0.68") * Fraction(98, 100), "beta": 150}
D = {lots: sw.gwpd(f, lots), strangers: sw.gwpd(f, strangers)}
amplifiers = {
    "both of one lot": (lots, usual | {"Rb1": 104, "Rb2": Fraction(47 * 104, 100)}),
    "of two lots": (strangers, usual | {"Rb1": 104, "Rb2": Fraction(47 * 96, 100)}),
}
print("\nDivider resistors of one amplifier")
for told, (law, point) in amplifiers.items():
    one, two, voltage = (D[law]["Rb1"].at(point), D[law]["Rb2"].at(point), D[law].target.at(point))
    print(f"  {told:16} terms {float(one):+.3f} and {float(two):+.3f} V; midpoint {float(voltage):.3f} V")
    assert (one * two < 0) == (told == "both of one lot")
    assert sum(D[law].at(point).values()) == voltage

if picture:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(13, 4.6), layout="constrained")
    for ax, (told, (law, point)) in zip(axes, amplifiers.items(), strict=True):
        sw.plots.waterfall(D[law], point, top=7, ax=ax).set_title(f"Midpoint voltage, divider resistors {told}")
    figure.savefig(picture, dpi=110)
