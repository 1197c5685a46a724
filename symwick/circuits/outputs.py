"""The outputs of a circuit: a dict from names to gates that says so when it is asked for anything else."""

from __future__ import annotations

from typing import Any

from symwick.algebra.notebook import listed
from symwick.errors import UnknownVariable

__all__ = ["Outputs"]


class Outputs(dict[str, int]):
    """{name of an output: its gate}.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"sum": x + y}, ["x", "y"])
    >>> c.outputs, list(c.outputs)[0]
    ({'sum': 2}, 'sum')
    >>> c.outputs[0]
    Traceback (most recent call last):
        ...
    symwick.errors.UnknownVariable: Argument 'name' must be an output, not 0: outputs map names to gates, and the names are: sum.
    """

    def __missing__(self, name: Any) -> int:
        names = listed(self)
        raise UnknownVariable(
            f"Argument 'name' must be an output, not {name!r}: outputs map names to gates, and the names are: {names}."
        )

    def copy(self) -> Outputs:
        return Outputs(self)
