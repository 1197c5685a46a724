"""Anomalies that no single input shows: bits that are each fair, and a flower made of two.

Terms W_f(x_S) are zero on average over a reference law P. Where does an observation lie among their values under P? The
references are a triple of bits made by exclusive or, and the 150 flowers of R. A. Fisher's iris data (1936).

Run: python examples/anomaly.py [--picture FILE.png]
"""

import argparse
from importlib.resources import files
from itertools import product

import symwick as sw

parser = argparse.ArgumentParser(description="Anomalies that no single input shows.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the terms of the flower made of two")
picture = parser.parse_args().picture

# Exclusive or: the reference is three bits, any two of them fair coins, the third their exclusive or. -----------------------

xor = sw.Finite({(x, y, x ^ y): "1/4" for x, y in product((0, 1), repeat=2)}, ["x", "y", "z"])
fair = sw.Independent({v: sw.Bernoulli("1/2") for v in ("x", "y", "z")})

print("Reference: z = x xor y. Observed: 1, 1, 1. f = x*y*z.")
found = sw.novelty("x*y*z", xor).score({"x": 1, "y": 1, "z": 1})
print(found)
assert all(found[key].tail == 1 for key in (["x"], ["y"], ["z"], ["x", "y"], ["x", "z"], ["y", "z"]))
assert found["x", "y", "z"].tail == 0
print("Every bit and every pair is as usual; the three together never occur, and only their term says so.")

print("\nThe other way round: the reference is three fair coins, observed is the law of the triple.")
print(sw.novelty("x*y*z", fair, xor))

# No single draw from the triple is unusual among fair coins; twelve of them are. --------------------------------------------

triple = sw.novelty("x*y*z", fair)
draws = [point for point, _ in xor.items()] * 3
print("\nTwelve draws from the triple against fair coins:")
alone = {triple.score(dict(zip("xyz", draw, strict=True))).overall for draw in draws}
print(f"  each by itself: probability {', '.join(map(str, sorted(alone)))} of a tail as small as its smallest")
batch = triple.batch(draws)["x", "y", "z"].tail
print(f"  their mean, x, y and z together: tail {batch}")
assert batch < min(alone) / 1000

# A flower of two: the sepals of one iris with the petals of another. Reference: the 150 flowers of Fisher's data. -----------

names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
path = str(files("symwick") / "data" / "iris.csv")
iris = sw.Empirical.from_csv(path, [*names, "species"], header=False, skip=1).marginal(names)
flowers = sw.novelty("*".join(names), iris)
setosa = dict(zip(names, ("5.0", "3.4", "1.5", "0.2"), strict=True))
virginica = dict(zip(names, ("7.1", "3.0", "5.9", "2.1"), strict=True))
chimera = {v: (setosa if v.startswith("sepal") else virginica)[v] for v in names}

print("\nIris: f is the product of the four lengths. The sepals of a setosa with the petals of a virginica:")
score = flowers.score(chimera)
print(score)
print("  single lengths:", ", ".join(f"{v} {score[v].tail}" for v in names))
print("  both petal lengths:", score["petal_length", "petal_width"].tail)
rarest = score["sepal_length", "petal_width"].tail
assert rarest < min(score[v].tail for v in names)
assert rarest < score["petal_length", "petal_width"].tail
print("Each length is common, and so are the petals; such petals beside such a short sepal are not.")
for name, flower in (("setosa", setosa), ("virginica", virginica)):
    print(f"  the {name} itself: probability {flowers.score(flower).overall} of a tail as small as its smallest")

# Many at once, and honestly: one half of the flowers is the reference, the other half, and mixtures of it, are looked at. --

with open(path, encoding="utf-8") as file:
    rows = [line.split(",") for line in file.read().split()[1:]]
seen, held = rows[0::2], rows[1::2]
half = sw.novelty("*".join(names), sw.Empirical([row[:4] for row in seen], names))
real = [row[:4] for row in held]
mixed = [(*a[:2], *b[2:4]) for a in held if a[4] == "0" for b in held if b[4] == "2"]
print(
    "\nReference: every second flower. In how many of the others does a term lie beyond all of the reference's values?"
)
for told, observed in ((f"{len(real)} real ones", real), (f"{len(mixed)} made of a setosa and a virginica", mixed)):
    many = half.scores(observed)
    single = [j for j, key in enumerate(many.sets) if len(key) == 1]
    alone, any_set = ((part.min(axis=1) == 0).mean() for part in (many.tails[:, single], many.tails))
    print(f"  {told}: in a single length {alone:.1%}, in any set {any_set:.1%}")

if picture:
    import matplotlib.pyplot as plt

    D = sw.gwpd("*".join(names), iris)
    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    for ax, (told, flower) in zip(axes, (("the virginica", virginica), ("the flower of two", chimera)), strict=True):
        sw.plots.heat_map(D, point=flower, ax=ax).set_title(f"Terms of {told}, sepals and petals")
    figure.savefig(picture, dpi=110)
