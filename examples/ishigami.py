"""Ishigami's function: which inputs, and which pairs, make what share of its variance, as formulas in its parameters a and b?

f = sin(x1) + a sin(x2)² + b x3⁴ sin(x1), a common test of sensitivity analysis, with x1, x2, x3 uniform on (−π, π) (T. Ishigami
and T. Homma, 1990). The derived shares are compared with the formulas in the literature, and the inputs then made dependent.

Run: python examples/ishigami.py [--picture FILE.png]
"""

import argparse

import sympy

import symwick as sw

parser = argparse.ArgumentParser(description="Ishigami's function.")
parser.add_argument("--picture", metavar="FILE.png", help="draw the sizes of the terms for a = 7, b = 1/10")
picture = parser.parse_args().picture

F = "sin(x1) + a*sin(x2)**2 + b*x3**4*sin(x1)"


def named(key: frozenset[sympy.Symbol]) -> str:
    """A set of inputs as text."""
    return "{" + ", ".join(sorted(map(str, key))) + "}" if key else "mean"


# Independent inputs: the GWPD is Sobol's decomposition, and the variances of its terms add up to Var f. ---------------------

circle = sw.Uniform(-sympy.pi, sympy.pi)
law = sw.Independent({"x1": circle, "x2": circle, "x3": circle})
D = sw.gwpd(F, law)
sizes = {key: D.second_moment(key).simplify() for key in D if key}
print("x1, x2, x3 independent and uniform on (−π, π)")
for key in D:
    print(f"  {named(key):9} {D[key]!s}" + (f", variance {sizes[key]}" if key else ""))
print(" ", D.check())
mean, square = sw.expectation(F, law), sw.expectation(f"({F})**2", law)
variance = square.expr - mean.expr**2
assert sw.ClosedForm.of(variance) == sum(size.expr for size in sizes.values())
print("  the variances add up to Var f: for every a and b")

# The formulas of the literature: V_1 = (1 + b π⁴/5)²/2, V_2 = a²/8, V_13 = 8 b² π⁸/225, all others 0. -----------------------

known = {"x1": "(1 + b*pi**4/5)**2/2", "x2": "a**2/8", "x1 x3": "8*b**2*pi**8/225", "x3": "0"}
shares = sw.sobol(F, law)
assert set(D) == {frozenset(), *(frozenset(sympy.symbols(names.split())) for names in known)}
for names, formula in known.items():
    value = sympy.parse_expr(formula) if formula != "0" else sympy.Integer(0)
    assert D.second_moment(names.split()) == value
    assert shares.interaction(names.split()) == value / variance
print("  they are those of the literature, and sw.sobol gives the same shares")

print("\nShares of the variance for a = 7, b = 1/10, the usual values:")
usual = {"a": 7, "b": sympy.Rational(1, 10)}
for key, size in sizes.items():
    share = sw.ClosedForm.of((size.expr / variance).subs(usual)).simplify()
    print(f"  {named(key):9} {float(share.evalf()):7.2%}   exactly {share}")
print("  x3 owes nothing alone and nearly a quarter together with x1: attribution to single inputs misses it.")

# With formulas one can ask where that changes: for which b does the pair weigh as much as x2 alone? -------------------------

a, b = sympy.symbols("a b", positive=True)
pair, alone = (sizes[frozenset(sympy.symbols(names))] for names in (["x1", "x3"], ["x2"]))
(threshold,) = sympy.solve((pair.expr - alone.expr).subs({"a": a, "b": b}), b)
print(f"\nThe pair outweighs x2 from b = {threshold} on, which is {float(threshold.subs(a, 7)):.4f} for a = 7.")

# Dependent inputs: Sobol's shares do not add up any more, the terms do. -----------------------------------------------------

joint = sw.MultivariateNormal(["x1", "x3"], [0, 0], [[1, "rho"], ["rho", 1]])
law = sw.Independent({"pair": joint, "x2": sw.Normal(0, 1)})
D = sw.gwpd(F, law)
print("\nStandard normal inputs instead, x1 and x3 with correlation rho:")
for key in D:
    print(f"  {named(key):9} {D[key]}")
print(" ", D.check())
mean, square = sw.expectation(F, law), sw.expectation(f"({F})**2", law)
variance = sw.ClosedForm.of(square.expr - mean.expr**2)
added = sw.ClosedForm.of(sum(D.second_moment(key).expr for key in D if key))
for rho in ("0", "1/2", "9/10"):
    at = {**usual, "rho": rho}
    found, summed = variance.subs(at), added.subs(at)
    verdict = "equal" if found == summed else "not equal"
    assert (verdict == "equal") == (rho == "0")
    print(
        f"  rho = {rho:4}: Var f = {float(found.evalf()):.4f}, variances added up {float(summed.evalf()):.4f}: {verdict}"
    )

if picture:
    import matplotlib.pyplot as plt

    values = sw.gwpd(F.replace("a", "7").replace("b", "(1/10)"), sw.Independent({"x1": circle, "x2": circle, "x3": circle}))
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    sw.plots.heat_map(values, ax=left)
    sw.plots.waterfall(values, {"x1": 1, "x2": "1/2", "x3": 3}, ax=right)
    figure.savefig(picture, dpi=110)
