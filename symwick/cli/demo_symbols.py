"""The stories of the demo in which the law, the parameters or the moments stay symbols."""

from __future__ import annotations

import sympy
from rich.console import Console

import symwick as sw
from symwick.cli.telling import say, show, title

__all__ = ["ishigami", "normal_inputs", "unspecified"]


def _verdict(holds: bool) -> str:
    return "yes" if holds else "NO"


def unspecified(out: Console) -> None:
    """The post's example with a law of which nothing is said."""
    title(out, "6  Nothing known of the law: the identity itself")
    say(
        out,
        """Leave the law of the first story unspecified: its moments stay symbols, and what comes out is not a number but the
        identity that the post derives by hand.""",
    )
    law = sw.Moments(["x", "y", "z"])
    pair = sw.gwp("x*y", law.marginal(["x", "y"]))
    show(out, f"ω_xy (x·y) = {pair}")
    show(out, f"K_f(x, y)  = {sw.gcp('x*y', law.marginal(['x', 'y']))} = {sw.gcp('x*y', law.marginal(['x', 'y'])).expr}")
    say(out, "Three inputs, μ their central moment, and a parameter a of f:")
    triple = sw.gwpd("a*x*y*z", law)
    show(out, f"W_f(x, y) = {triple['x', 'y']}")
    show(out, f"ω_xyz f = {triple['x', 'y', 'z']}")
    show(out, triple.check())
    expected = sw.gwp("a*y*z", law.marginal(["y", "z"]))
    show(out, f"∂/∂x ω_xyz f = ω_yz ∂f/∂x: {_verdict(triple['x', 'y', 'z'].diff('x').equals(expected))}")


def normal_inputs(out: Console) -> None:
    """Hermite polynomials from copies of one normal variable, and a symbolic covariance."""
    title(out, "7  Normal inputs: Hermite polynomials, and a covariance that stays a symbol")
    say(
        out,
        """Copies of one standard normal variable are a law like any other, a singular one. The Wick product of n copies is the
        Hermite polynomial He_n:""",
    )
    for n in (2, 3, 4):
        copies = [f"x{i}" for i in range(1, n + 1)]
        law = sw.MultivariateNormal(copies, [0] * n, [[1] * n] * n)
        form = sw.gwp("*".join(copies), law).subs(dict.fromkeys(copies, "x")).simplify()
        show(out, f"He_{n}(x) = {form}")
    say(out, "Two normal inputs with means m, n, variances v, w and covariance c; f = exp(x)·y:")
    law = sw.MultivariateNormal(["x", "y"], ["m", "n"], [["v", "c"], ["c", "w"]])
    terms = sw.gwpd("exp(x)*y", law)
    for key, form in terms.items():
        names = "{" + ", ".join(sorted(map(str, key))) + "}" if key else "∅"
        show(out, f"{names}: {form}")
    show(out, terms.check())
    show(out, "assuming " + ", ".join(map(str, terms["x", "y"].assumptions)))


def ishigami(out: Console) -> None:
    """Sobol shares of the Ishigami function with symbols a and b."""
    title(out, "8  Ishigami's function: shares of the variance as formulas in a and b")
    f = sw.parse_expression("sin(x1) + a*sin(x2)**2 + b*x3**4*sin(x1)")
    circle = sw.Uniform(-sympy.pi, sympy.pi)
    law = sw.Independent({"x1": circle, "x2": circle, "x3": circle})
    say(out, "x1, x2, x3 uniform on (-π, π), independent, so the variances of the terms add up to that of f:")
    show(out, f"f = {f}")
    terms = sw.gwpd(f, law)
    sizes = {key: terms.second_moment(key) for key in terms if key}
    for key, size in sizes.items():
        names = ", ".join(sorted(map(str, key)))
        show(out, f"{{{names}}}: W = {terms[key]}, variance {size.simplify()}")
    whole = sw.expectation(f**2, law).expr - sw.expectation(f, law).expr ** 2
    total = sympy.Add(*(size.expr for size in sizes.values()))
    show(out, f"they add up to Var f: {_verdict(sympy.expand(whole - total) == 0)}")
    at = {sympy.Symbol("a"): 7, sympy.Symbol("b"): sympy.Rational(1, 10)}
    shares = ", ".join(
        f"{{{', '.join(sorted(map(str, key)))}}} {float(size.expr.subs(at) / total.subs(at)):.2%}" for key, size in sizes.items()
    )
    show(out, f"shares for a = 7, b = 1/10: {shares}")
