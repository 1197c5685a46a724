"""Two heads that back each other up: why does ablating either of them show nothing?

Short texts mention Mary in the first sentence, in the second, in both or not at all; then somebody gives something away. A small
circuit in the manner of attention predicts whether the text goes on with "Mary". One head looks for her in the first sentence,
one in the second, both only where she is not the giver herself; their sum saturates. Backup heads of this kind were found in
GPT-2 small by K. Wang et al. (arXiv 2211.00593); texts and circuit here are written for this example.

Run: python examples/backup_heads.py [--picture FILE.png]
"""

import argparse

import symwick as sw

parser = argparse.ArgumentParser(description="Two heads that back each other up.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the terms at a text in which both heads find Mary")
picture = parser.parse_args().picture

TEXTS = """\
Mary and John went to the market. Mary was hungry. John gave a sandwich to
Mary and John met at the station. Mary was cold. John gave a coat to
Anna and John sat in the garden. Mary came along. John gave a rose to
John saw Mary at the door. Anna was late. John gave the keys to
Mary wrote to John. John was glad. Mary gave an answer to
Mary met John and Anna. Mary had a letter. Anna gave a stamp to
John and Anna took the train. Anna slept. John gave a ticket to
Mary lent John a bicycle. Mary walked home. John gave the bicycle to
Anna called John. Mary picked up. Anna gave a message to
Mary cooked for John. Mary was tired. Mary gave the plates to
John asked Anna. Anna did not know. John gave a hint to
Mary and Anna played chess. Mary won. Anna gave a hand to""".splitlines()


def tokens(text: str) -> dict[str, int]:
    """Whether Mary is mentioned in the first sentence, in the second, and whether somebody else gives."""
    first, second, third = (sentence.split() for sentence in text.split("."))
    return {"first": int("Mary" in first), "second": int("Mary" in second), "other": int(third[0] != "Mary")}


law = sw.Empirical([tuple(tokens(text).values()) for text in TEXTS], ["first", "second", "other"])


def heads(first, second, other):
    """Each head attends to "Mary" in its sentence unless she is the giver; one of them is enough."""
    one, two = first * other, second * other
    return {"one": one, "two": two, "mary": 1 - (1 - one) * (1 - two)}


circuit = sw.trace(heads, ["first", "second", "other"])
k = sw.components(circuit, law, ["one", "two"], output="mary")
text = TEXTS[0]
here = k.at(tokens(text))
print(f"{len(TEXTS)} texts. “{text} …”")
print(f"Head one {here['one']}, head two {here['two']}. P(“Mary” next) = {k.circuit.evaluate(here)['mary']}")
print("Over all texts the heads fire together too often for chance: Cov(one, two) =", k.law.cumulant(["one", "two"]))
assert here == {"one": 1, "two": 1}
assert k.law.cumulant(["one", "two"]) > 0

# One at a time, nothing. Both together, a lot. ------------------------------------------------------------------------------

print("\nWhat is lost where the output of a head is ablated?")
for told, replaced in (("resampled from the other texts", "resample"), ("put at its mean", "mean"), ("knocked out", 0)):
    one, two, both = (
        k.ablate(dict.fromkeys(names, replaced), at=here).value for names in (["one"], ["two"], ["one", "two"])
    )
    print(f"  {told:31} one {one!s:2} two {two!s:2} both {both}")
    assert one == two == 0 < both

# The generalized Wick product sees them together; the difference of ablations is not the same number. -----------------------

D = k.gwpd()
values = D.at(here)
print("\nThe terms of the prediction, f(x) = Σ_S W_f(x_S):")
for S, value in values.items():
    print(f"  {', '.join(sorted(map(str, S))) or 'mean':9} {value!s:>7}")
print(" ", D.check())
assert D.check()
assert values[frozenset()] + D["one"].at(here) + D["two"].at(here) > 1  # alone each claims its share, together too much

interaction = k.gwp(of=["one", "two"]).at(here)
K = k.gcp([["one", "two"]]).value
found = k.interaction_check(["one", "two"]).at(here)
print("\nBoth ablated together, less one at a time: Δ =", found.gap)
for label, value in found.parts.items():
    print(f"  {label} = {value}")
print(f"The interaction itself is ω = {interaction}; on average it is K = {K}, and Δ = −ω − 2K.")
assert found.gap == -interaction - 2 * K
assert interaction == D["one", "two"].at(here) < 0

# Of this text, independent heads of the same rates would say something else. ------------------------------------------------

apart = sw.Independent([k.law.marginal(["one"]), k.law.marginal(["two"])])
alone = sw.gwp(k.circuit, apart).at(here)
print(f"Were the heads independent of each other, with the same rates, ω would be {alone}.")
assert alone == -(1 - k.law.moment(["one"])) * (1 - k.law.moment(["two"]))
assert alone != interaction  # dependence is part of the answer

if picture:
    sw.plots.waterfall(D, here).figure.savefig(picture, dpi=120)
