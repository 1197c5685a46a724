"""Stable topological order of named gates, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["stable_order"]

Refusal = Callable[[str, str], Exception]
"""(gate, what it reads) -> the error to raise."""


def stable_order(
    reads: Mapping[str, Sequence[str]], inputs: Iterable[str], *, undefined: Refusal, cyclic: Refusal
) -> list[str]:
    """Every gate after what it reads, else in the order given.

    >>> stable_order({"b": ["a"], "a": ["x"]}, ["x"], undefined=KeyError, cyclic=KeyError)
    ['a', 'b']
    """
    done: dict[str, bool] = dict.fromkeys(inputs, True)  # False: on the stack
    order: list[str] = []
    for first in reads:
        stack = [first] if first not in done else []
        while stack:
            top = stack[-1]
            if done.get(top):
                stack.pop()
                continue
            done[top] = False
            waiting = None
            for name in reads[top]:
                if name not in done:
                    if name not in reads:
                        raise undefined(top, name)
                    waiting = waiting or name
                elif not done[name]:
                    raise cyclic(top, name)
            if waiting is not None:
                stack.append(waiting)
            else:
                done[top] = True
                order.append(top)
                stack.pop()
    return order
