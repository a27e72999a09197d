"""The settings table, read without importing it: config/options.py needs packages that may not be installed yet."""

from __future__ import annotations

import ast
import functools
import os

from stack.folders import ROOT

TABLE = ROOT / "config" / "options.py"


@functools.cache
def defaults() -> dict[str, str]:
    """Name and default of every setting: the first and the third argument of each `Option(...)` in the table."""
    calls = [node for node in ast.walk(ast.parse(TABLE.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {
        ast.literal_eval(call.args[0]): ast.literal_eval(call.args[2])
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "Option"
    }


def value(name: str) -> str:
    """From the environment; empty text counts as not set, as in config/options.py."""
    return os.environ.get(name) or defaults()[name]


def given() -> dict[str, str]:
    """The settings that the caller's environment names."""
    return {name: os.environ[name] for name in sorted(defaults()) if os.environ.get(name)}
