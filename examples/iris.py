"""A flower against all flowers: which lengths, and which of them together, make its petals small or large for its sepals?

f is the ratio of petal area to sepal area, (petal length · petal width) / (sepal length · sepal width); the law is that of the
150 flowers of R. A. Fisher's iris data (1936), whose lengths depend on each other strongly. Nothing is fitted or assumed.

Run: python examples/iris.py [--picture FILE.png]
"""

import argparse
from importlib.resources import files

import symwick as sw

parser = argparse.ArgumentParser(description="A flower against all flowers.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the terms at one flower: waterfall and matrix of pairs")
picture = parser.parse_args().picture

LENGTHS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
RATIO = "petal_length*petal_width/(sepal_length*sepal_width)"

path = str(files("symwick") / "data" / "iris.csv")
everything = sw.Empirical.from_csv(path, [*LENGTHS, "species"], header=False, skip=1)
law = everything.marginal(LENGTHS)


def named(S) -> str:
    return ", ".join(v for v in LENGTHS if v in set(map(str, S))) or "mean"


# One flower of each species: the first of its kind in the data. -------------------------------------------------------------

D = sw.gwpd(RATIO, law)
with open(path, encoding="utf-8") as file:
    rows = [line.split(",") for line in file.read().split()[1:]]
kinds = ("setosa", "versicolor", "virginica")
first = [next(row[:4] for row in rows if row[4] == str(i)) for i in range(3)]
flowers = {kind: dict(zip(LENGTHS, row, strict=True)) for kind, row in zip(kinds, first, strict=True)}
for kind, flower in flowers.items():
    values = D.at(flower)
    print(f"{kind} {', '.join(flower.values())}: ratio {float(D.target.at(flower)):.3f}, mean {float(values[frozenset()]):.3f}")
    for S, value in D.top(flower, 4):
        print(f"  {named(S):28} {float(value):+.3f}")
    assert sum(values.values()) == D.target.at(flower)  # Fractions: equal, not nearly equal
print(D.check())

# On average: what dependence does to the mean. ------------------------------------------------------------------------------

G = sw.gcpd(RATIO, law)
apart = G[[[v] for v in LENGTHS]].value
K = sw.interactions(RATIO, law)
print(f"\nMean ratio {float(G.target.value):.4f}; with the four lengths drawn from different flowers {float(apart):.4f}.")
for S, value in K.top(3):
    print(f"  {named(S):26} drawn together {float(value):+.4f}")
assert G.check()
assert G.target.value > apart
assert K.top(1)[0][0] == frozenset(D.inputs.key(0b1100))  # long petals are wide petals: the pair that matters most

# Shares of the variance. Sobol indices ask for independent inputs and are refused; covariance shares are not. ---------------

try:
    sw.sobol(RATIO, law)
    raise AssertionError("dependent inputs have no Sobol indices")
except sw.InvalidArgument as error:
    print("\nsw.sobol:", str(error).split(":")[0])
shares = sw.covariance_shares(RATIO, law)
print("Shares Cov(W_S, f) / Var f, the largest, with what a term does by itself and by the company it keeps:")
for S in sorted(shares, key=lambda S: -abs(shares[S].value))[:5]:
    own, company = shares.structural(S).value, shares.correlative(S).value
    print(f"  {named(S):28} {float(shares[S].value):+.3f} = {float(own):.3f} {float(company):+.3f}")
    assert own + company == shares[S].value
assert sum(share.value for share in shares.values()) == 1
print("All shares add up to 1. That of sepal length is negative: it lowers the ratio, but comes with petals that raise it.")
assert shares["sepal_length"].value < 0 < shares.structural("sepal_length").value
assert law.cumulant(["sepal_length", "petal_length"]) > 0

# Petals and sepals as two inputs: dependence within each is their own affair. -----------------------------------------------

two = sw.gwpd(RATIO, law, inputs={"sepals": LENGTHS[:2], "petals": LENGTHS[2:]})
print("\nThe virginica as two inputs:")
for S, value in two.at(flowers["virginica"]).items():
    print(f"  {', '.join(sorted(S, reverse=True)) or 'mean':14} {float(value):+.4f}")
assert two.check()

if picture:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    sw.plots.waterfall(D, flowers["virginica"], top=7, ax=left)
    sw.plots.heat_map(D, point=flowers["virginica"], ax=right)
    figure.savefig(picture, dpi=110)
