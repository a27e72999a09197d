"""What the stack could not do, told so that the reader knows what to do next."""

from __future__ import annotations

from pathlib import Path

from stack.folders import ROOT, tail


class StackError(Exception):
    """A message for a person; with `log`, the file to look in and its last lines."""

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        if log is not None:
            shown = log.relative_to(ROOT) if log.is_relative_to(ROOT) else log
            message = f"{message}\n  The end of {shown}:\n{tail(log)}"
        super().__init__(message)
