"""The Python environment in `.venv/`: exactly what requirements-dev.txt says, checked by hash, or built anew.

It is not mended: a half-installed package looks installed to pip. The stamp is written last, and without it, or with
another one, the folder is rebuilt; pip's own cache makes that quick.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from stack.folders import LOCAL, PYTHON, ROOT, VENV, write_whole
from stack.progress import remove, run

DEPLOYED = ROOT / "requirements.txt"
REQUIREMENTS = ROOT / "requirements-dev.txt"
STAMP = VENV / "vicinity-stamp"


def wanted() -> str:
    """What the environment depends on: the locked requirements, the interpreter, and where it stands."""
    parts = (REQUIREMENTS.read_bytes(), sys.version.encode(), os.fsencode(sys.base_prefix), os.fsencode(VENV))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_ready() -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted() and PYTHON.exists()


def ensure() -> None:
    if is_ready():
        return
    LOCAL.mkdir(exist_ok=True)
    if VENV.exists():
        VENV.rename(LOCAL / f"venv.{os.getpid()}.old")
    if outdated := list(LOCAL.glob("venv.*.old")):
        remove("Removing the outdated Python environment", outdated)
    run("Making a Python environment in .venv", [sys.executable, "-m", "venv", VENV], log="venv")
    # Most modules are never imported: Python compiles those that are, when they are.
    quickly = ["--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    install: list[str | Path] = [PYTHON, "-m", "pip", "install", *quickly, "--require-hashes", "-r", REQUIREMENTS]
    run("Installing the locked Python packages", install, log="pip")
    write_whole(STAMP, wanted())


def resolve() -> None:
    """Write both lock files from pyproject.toml: for every Python from 3.11 on, by hash, naming no host."""
    command: list[str | Path] = [VENV / "bin" / "uv", "pip", "compile", "--quiet", "--no-header", "--generate-hashes"]
    command += ["--universal", "--python-version", "3.11", ROOT / "pyproject.toml"]
    run("Resolving requirements.txt", [*command, "--output-file", DEPLOYED], log="lock")
    more: list[str | Path] = [
        "--group",
        "dev",
        "--extra",
        "overture",
        "--constraints",
        DEPLOYED,
        "--output-file",
        REQUIREMENTS,
    ]
    run("Resolving requirements-dev.txt", [*command, *more], log="lock-dev")
