"""Refusals by their whole sentence, as several test modules state them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symwick.errors import SymwickError


def refuses(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    """The work raises exactly this error, with exactly this sentence."""
    with pytest.raises(kind) as caught:
        work()
    assert type(caught.value) is kind
    assert str(caught.value) == text
