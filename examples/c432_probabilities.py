"""How often is each wire of a circuit 1? Signal probabilities of c432, estimated by cumulants, against exact ones.

c432 is an interrupt controller, one of the ISCAS-85 benchmarks (F. Brglez and H. Fujiwara, 1985): 36 inputs, so 2^36 input
vectors. Exact probabilities with fair inputs were computed with binary decision diagrams; see symwick/data/ORIGIN.md. An estimate
of order k leaves out joint cumulants of more than k wires.

Run: python examples/c432_probabilities.py [--picture FILE.png]
"""

import argparse
import json
from fractions import Fraction
from importlib.resources import files

import symwick as sw

parser = argparse.ArgumentParser(description="Signal probabilities of c432.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the errors by order, without and with Z² = Z")
picture = parser.parse_args().picture

data = files("symwick") / "data"
circuit = sw.Circuit.from_bench_text((data / "c432.bench").read_text(encoding="utf-8"))
fair = sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})
table = json.loads((data / "iscas85_probabilities.json").read_text(encoding="utf-8"))["circuits"]["c432"]
exact = {net: Fraction(a, 2**b) for net, (a, b) in table.items()}
print(circuit.statistics())

print(f"\nErrors of P(net = 1) over {len(exact)} nets, exact estimates in fractions:")
found = {}
for order, closure in ((1, "zero"), (2, "zero"), (2, "boolean")):
    run = sw.propagate(circuit, fair, order, closure=closure)
    errors = {net: abs(run.mean(net) - p) for net, p in exact.items()}
    mean, none = sum(errors.values()) / len(errors), list(errors.values()).count(0)
    worst = max(errors, key=lambda net: errors[net])
    found[order, closure] = mean
    told = f"order {order}" + (", Z² = Z used" if closure == "boolean" else "")
    print(f"  {told:22} mean {float(mean):.5f}, largest {float(errors[worst]):.4f} at {worst}, none at {none} nets")
assert found[2, "zero"] < found[1, "zero"] / 2  # correlations explain more than half of the error of independence
assert found[2, "boolean"] > found[2, "zero"]
print("That a bit is its own square, Z² = Z, makes the estimates of order 2 worse in this circuit, not better.")

# Which estimates can be trusted? The ledger lists every cumulant that was left out; an empty one says that nothing was. -----

print("\nThree of the outputs at order 2:")
for net in ("N223", "N329", "N370"):
    run = sw.propagate(circuit, fair, 2, outputs=[net])
    dropped = len(run.ledger())
    error = run.mean(net) - exact[net]
    print(f"  {net} P = {float(exact[net]):.6f}, estimate {float(run.mean(net)):.6f}, cumulants left out {dropped}")
    assert (dropped == 0) == (error == 0) == (net == "N223")

if picture:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained", sharey=True)
    for ax, closure in zip(axes, ("zero", "boolean"), strict=True):
        sw.plots.error_by_order(
            circuit, fair, [1, 2, 3], outputs=exact, exact=exact, closure=closure, ring="float64", ax=ax
        )
    figure.savefig(picture, dpi=110)
