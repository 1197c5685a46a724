"""Normal inputs: moments are sums over pairings (Isserlis), Wick products of copies are Hermite polynomials.

Do these classical facts (L. Isserlis, 1918; G.-C. Wick, 1950) come out of the general definition? No data: everything below stays
a formula, the covariances are symbols, and each claim is decided exactly.

Run: python examples/hermite_and_isserlis.py
"""

from math import factorial

import symwick as sw

# Isserlis: E[x1 ⋯ x2k] is a sum over the ways to pair the variables, one covariance for each pair. --------------------------

print("E[x1 ⋯ xn] of jointly normal variables with mean 0; sij is the covariance of xi and xj.")
for n in (2, 4, 6, 8):
    names = [f"x{i}" for i in range(1, n + 1)]
    covariance = {(names[i], names[j]): f"s{i + 1}{j + 1}" for i in range(n) for j in range(i, n)}
    law = sw.MultivariateNormal(names, [0] * n, covariance)
    mean = sw.expectation("*".join(names), law)
    pairings = factorial(n) // (2 ** (n // 2) * factorial(n // 2))
    assert len(mean.terms()) == pairings
    print(f"  n = {n}: terms {pairings:3}" + (f", {mean}" if n <= 4 else ""))

# All cumulants of order 3 and more are 0, so the generalized covariance of three or more normal inputs is 0, ...
law = sw.MultivariateNormal(
    ["w", "x", "y", "z"], [0] * 4, [[f"s{min(i, j)}{max(i, j)}" for j in range(4)] for i in range(4)]
)
print("\nf = w·x·y·z: K_f(w, x, y, z) =", sw.gcp("w*x*y*z", law), "| the non-zero terms of E f = Σ_π K_f(π):")
for partition, form in sw.gcpd("w*x*y*z", law).items():
    if form != 0:
        blocks = sorted(sorted(map(str, block)) for block in partition)
        print("  " + " ".join("{" + ", ".join(block) + "}" for block in blocks), form)

# ... and the Wick product of copies of one normal variable is a Hermite polynomial. A singular law is a law like any other. --


def hermite(n: int, variance: str = "v") -> sw.ClosedForm:
    """ω of a product of n copies of one normal variable x, by the recursion that holds for every law."""
    copies = ["x", *(f"x{i}" for i in range(2, n + 1))]
    law = sw.MultivariateNormal(copies, [0] * n, [[variance] * n] * n)
    return sw.gwp("*".join(copies), law).subs(dict.fromkeys(copies[1:], "x")).simplify()


print("\nω_[n] of x1 ⋯ xn, all of them copies of one normal x with mean 0 and variance v:")
He = {n: hermite(n) for n in range(1, 6)}
for n, form in He.items():
    print(f"  He_{n}(x) = {form}")
for n in range(2, 5):
    assert He[n + 1] == f"x*({He[n]}) - {n}*v*({He[n - 1]})"  # the three-term recursion
    assert He[n].diff("x") == f"{n}*({He[n - 1]})"  # the Appell property: ∂/∂x_i ω_S f = ω_{S∖i} ∂f/∂x_i
print("  He_{n+1} = x·He_n − n·v·He_{n−1} and He_n' = n·He_{n−1}: hold exactly")

# Two such variables with correlation rho: polynomials of different order have nothing to do with each other. ----------------

pair = sw.MultivariateNormal(["x", "y"], [0, 0], [[1, "rho"], ["rho", 1]])
standard = {n: hermite(n, variance="1") for n in range(1, 5)}
print("\nE[He_m(x) He_n(y)], x and y standard normal with correlation rho:")
for m in standard:
    row = []
    for n in standard:
        mean = sw.expectation(f"({standard[m]})*({standard[n].subs({'x': 'y'})})", pair)
        assert mean == (f"{factorial(n)}*rho**{n}" if m == n else 0)
        row.append(f"{mean!s:10}")
    print("  " + "".join(row).rstrip())

# So a polynomial of dependent normal inputs has a decomposition that can be read off; rho stays a symbol.
D = sw.gwpd("x**2*y**2", pair)
print("\n" + str(D))
print(D.check(), "| for rho in (−1, 1):", ", ".join(map(str, D.assumptions)))
