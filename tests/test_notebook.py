"""How public objects show themselves: short text, well-formed HTML, balanced LaTeX, all bounded, and no work started."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw
from symwick.algebra.notebook import (
    MOST_CELL,
    MOST_LATEX,
    MOST_LINES,
    MOST_ROWS,
    MOST_TEXT,
    Math,
    bounded,
    cut,
    dollars,
    html_code,
    html_lines,
    html_page,
    html_table,
    html_text,
    latex_name,
    listed,
)
from tests.conftest import run_under_hash_seeds
