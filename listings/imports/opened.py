"""Open a file that someone sent: plain or gzip, never more than its limits. Pure but for the reading.

A compressed file is measured as it unfolds: one that grows beyond `ratio` times what was read of it, or beyond
`total_bytes`, is refused there and then, so a few kilobytes cannot fill memory or keep a worker busy for hours.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from listings.imports.places import FileRefused

GZIP_MAGIC = b"\x1f\x8b"
READ_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class OpenLimits:
    """What is read of one file at most. `ratio` is looked at once `ratio_from_bytes` have come out."""

    total_bytes: int = 8 * 1024**3
    ratio: int = 200
    ratio_from_bytes: int = 16 * 1024**2


class _Measured(io.RawIOBase):
    """The decompressed stream, counted."""

    def __init__(self, path: Path, limits: OpenLimits) -> None:
        super().__init__()
        self._raw = path.open("rb")
        self._size = path.stat().st_size
        zipped = self._raw.read(2) == GZIP_MAGIC
        self._raw.seek(0)
        self._source: io.BufferedIOBase = gzip.GzipFile(fileobj=self._raw) if zipped else self._raw
        self._zipped, self._limits, self._count = zipped, limits, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # RawIOBase says any writable buffer
        try:
            block = self._source.read(len(buffer))
        except (EOFError, OSError, zlib.error) as error:
            raise FileRefused(f"The gzip data is broken or cut off: {error}.") from None
        self._count += len(block)
        if self._count > self._limits.total_bytes:
            raise FileRefused(
                f"The file unfolds to more than {self._limits.total_bytes} bytes.", limit=self._limits.total_bytes
            )
        if (
            self._zipped
            and self._count > self._limits.ratio_from_bytes
            and self._count > self._limits.ratio * max(1, self._raw.tell())
        ):
            raise FileRefused(
                f"The file unfolds to more than {self._limits.ratio} times its size.", limit=self._limits.ratio
            )
        buffer[: len(block)] = block
        return len(block)

    def fraction(self) -> float:
        return self._raw.tell() / max(1, self._size)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
            self._raw.close()
        super().close()


def open_bytes(path: Path, limits: OpenLimits | None = None) -> io.BufferedReader:
    """The file's bytes, unzipped where it is gzip (by content, not by name). FileRefused beyond the limits."""
    return io.BufferedReader(_Measured(path, limits or OpenLimits()), READ_BYTES)


def fraction_read(stream: io.BufferedReader) -> float:
    """How much of the file behind a stream of `open_bytes` has been read, 0 to 1, by its bytes on disk."""
    raw = stream.raw
    return raw.fraction() if isinstance(raw, _Measured) else 0.0


def sha256(path: Path) -> str:
    """Of the file as it lies there; what a resume knows it by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
