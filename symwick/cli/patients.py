"""The patients that several stories of the demo are about: the asia network and a score of urgency."""

from __future__ import annotations

from importlib.resources import files

import symwick as sw

__all__ = ["FINDINGS", "network", "urgency"]

FINDINGS = ["xray", "dysp", "smoke"]


def network() -> sw.BayesianNetwork:
    """The asia network (Lauritzen and Spiegelhalter, 1988), yes as 1 and no as 0."""
    text = (files("symwick") / "data" / "asia.bif").read_text(encoding="utf-8")
    return sw.BayesianNetwork.from_bif_text(text, values={"yes": 1, "no": 0})


def urgency(xray: int, dysp: int, smoke: int) -> int:
    """6 for both findings, 3 for one, 2 more for a smoker with any."""
    finding = 6 if xray and dysp else 3 if xray or dysp else 0
    return finding + 2 if smoke and finding else finding
