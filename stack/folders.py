"""Where everything that the stack makes is kept: `.local/` and `.venv/`, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write all of `text` or nothing: a kill half-way leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented for printing; empty when there is none."""
    if not path.exists():
        return ""
    text = path.read_bytes()[-20_000:].decode("utf-8", "replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
