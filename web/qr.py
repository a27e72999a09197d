"""QR codes of our own pages, as SVG."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

BORDER_MODULES = 4
"""The quiet zone that ISO/IEC 18004 asks for."""


@lru_cache(maxsize=1_000)
def qr_svg(url: str) -> bytes:
    """Dark on white, without style attributes: it is shown under a policy that forbids them."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", border=BORDER_MODULES, dark="#000", light="#fff", xmldecl=False, svgclass=None, lineclass=None,
        omitsize=True,
    )  # fmt: skip
    return out.getvalue()
