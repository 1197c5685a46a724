"""Two ways in which attribution to single inputs goes wrong: exclusive or, and redundant words.

What does a bit contribute to an exclusive or, and a word to a vote that the other words would have won without it? The laws are
the smallest that show it: two fair bits, and three words that agree with one hidden mood.

Run: python examples/xor_and_redundancy.py [--picture FILE.png]
"""

import argparse
from fractions import Fraction
from itertools import product

import symwick as sw

parser = argparse.ArgumentParser(description="Exclusive or, and redundant words.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the terms of both at one input")
picture = parser.parse_args().picture

# Exclusive or: what y contributes depends on x, with the sign. On average over x nothing is left of it. ---------------------

bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
alone = sw.gwp("x ^ y", bits, of="y")  # x held fixed
print("XOR of two fair bits. What does y = 1 contribute?")
for x in (0, 1):
    print(f"  x = {x}: {alone.at({'x': x, 'y': 1})}")
D = sw.gwpd("x ^ y", bits)
print("  averaged over x:", D["y"].at({"y": 1}))
print("  x and y together, at x = 0, y = 1:", D["x", "y"].at({"x": 0, "y": 1}))
print(" ", D.check())
assert [alone.at({"x": x, "y": 1}) for x in (0, 1)] == [Fraction(1, 2), Fraction(-1, 2)]
assert D["x"] == 0
assert D["y"] == 0
assert D["x", "y"].at({"x": 0, "y": 1}) == Fraction(1, 2)
assert D.check()
xor = D

# Redundancy: near-copies of one hidden mood, and a majority vote. No word matters while the others stand. -------------------

words = ["great", "lovely", "superb"]


def chance(point: tuple[int, ...]) -> Fraction:
    """A hidden fair mood; each word agrees with it with probability 9/10."""
    total = Fraction(0)
    for mood in (0, 1):
        term = Fraction(1, 2)
        for bit in point:
            term *= Fraction(9, 10) if bit == mood else Fraction(1, 10)
        total += term
    return total


law = sw.Finite({point: chance(point) for point in product((0, 1), repeat=3)}, words)
majority = sw.function(lambda *bits: int(sum(bits) >= 2), words)
review = dict.fromkeys(words, 1)

print("\nThree near-copies of one mood; f = 1 if most of them are positive; all of them are.")
resampled = [sw.expectation(majority, law, over=words[:k]).at(review) for k in range(4)]
for k, mean in enumerate(resampled):
    print(f"  {k} of them resampled together: mean of f =", mean)
print("  one word, the others held:", sw.gwp(majority, law, of="great").at(review))
assert resampled[0] == resampled[1] == 1 > resampled[2] > resampled[3] == Fraction(1, 2)
assert sw.gwp(majority, law, of="great").at(review) == 0
D = sw.gwpd(majority, law)
for S, value in D.at(review).items():
    print(f"  {', '.join(sorted(map(str, S))) or 'mean':22} {value!s:>12}")
print("  sum", sum(D.at(review).values()), "|", D.check())
assert sum(D.at(review).values()) == 1
assert D.check()

# The same three words as one input: all that is left is the mean and the block.
block = sw.gwpd(majority, law, inputs={"mood words": words})
print("  as one block:", block["mood words"].at(review))
assert list(block.at(review).values()) == [Fraction(1, 2), Fraction(1, 2)]

if picture:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.2), layout="constrained", width_ratios=[1, 1.4])
    sw.plots.waterfall(xor, {"x": 0, "y": 1}, ax=left).set_title("x xor y, seen x = 0, y = 1")
    sw.plots.waterfall(D, review, ax=right).set_title("Majority of three words, all of them positive")
    figure.savefig(picture, dpi=110)
