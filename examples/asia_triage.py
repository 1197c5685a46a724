"""Why is this patient urgent? A rule over dependent findings, taken apart exactly.

The law is the asia network (Lauritzen and Spiegelhalter, 1988) of eight variables; the rule reads three of them.

Run: python examples/asia_triage.py [--picture FILE.png]
"""

import argparse
from importlib.resources import files

import symwick as sw

parser = argparse.ArgumentParser(description="A triage rule over dependent findings.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the terms of one patient, and those of the mean")
picture = parser.parse_args().picture

path = files("symwick") / "data" / "asia.bif"
asia = sw.BayesianNetwork.from_bif(path, values={"yes": 1, "no": 0})  # in the file yes comes first and would be 0

RULE = "3*xray + 3*dysp + 2*smoke*(xray + dysp - xray*dysp)"  # 2 more for a smoker with any finding
inputs = ["xray", "dysp", "smoke"]
law = asia.marginal(inputs)
print(law, "| Cov(xray, dysp) =", law.cumulant(["xray", "dysp"]))

D = sw.gwpd(RULE, law)
patients = {
    "a smoker with both findings": {"xray": 1, "dysp": 1, "smoke": 1},
    "short breath only, no smoker": {"xray": 0, "dysp": 1, "smoke": 0},
}
for name, patient in patients.items():
    values = D.at(patient)
    print(f"\n{name}: urgency {D.target.at(patient)}, on average {float(values[frozenset()]):.4f}")
    for S, value in D.top(patient, 4):
        print(f"  {', '.join(sorted(map(str, S))):18} {float(value):+.4f}   exactly {value}")
    assert sum(values.values()) == D.target.at(patient)  # of Fractions: equal, not nearly equal
print("\n" + str(D.check()))
assert D.check()
print(D.concentration())

# What if independence were assumed? The same means, drawn apart: the difference is the sum of all interactions K_f.
G = sw.gcpd(RULE, law)
apart = G[[[name] for name in inputs]].value
print("\nE f =", float(G.target.value), "| with the findings drawn independently:", float(apart))
for partition, form in sorted(G.items(), key=lambda item: -abs(item[1].value)):
    blocks = sorted(sorted(map(str, block)) for block in partition)
    print(f"  {' '.join('{' + ', '.join(block) + '}' for block in blocks):24} {float(form.value):+.5f}")
print(G.check())
assert G.check()
assert law.cumulant(["xray", "dysp"]) > 0
assert G.target.value != apart  # assuming independence is wrong here, and by exactly the sum of the interactions
assert G.target.value - apart == sum(form.value for partition, form in G.items() if len(partition) < len(inputs))

if picture:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.4), layout="constrained")
    sw.plots.waterfall(D, patients["a smoker with both findings"], ax=left).set_title("A smoker with both findings: urgency")
    sw.plots.partitions(G, ax=right)
    figure.savefig(picture, dpi=110)
