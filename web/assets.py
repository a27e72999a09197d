"""What the build of the front end left in web/dist: file names by content hash, and what to load before what."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from config.errors import RetryableError

MANIFEST = Path(__file__).resolve().parent / "dist" / "manifest.json"


class PagesNotBuilt(RetryableError):
    """The scripts and styles of the pages are not built: `make up` builds them."""

    code = "pages_not_built"
    title = "The pages are not built yet"


def assets() -> dict[str, Any]:
    """The manifest that web/build.mjs writes: URLs by name, `preload` by language."""
    try:
        written = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        raise PagesNotBuilt("web/dist is not there. `make up` builds it; the API needs none of it.") from None
    return _read(written)


@lru_cache(maxsize=1)
def _read(_: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return manifest
