"""Free loopback ports, chosen once and remembered, so that a URL stays the same from day to day."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path

from stack.errors import StackError
from stack.folders import write_whole

# Below the range from which Linux takes the near end of outgoing connections (32768 and up).
LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def recall(memory: Path, name: str) -> int | None:
    """The port remembered for `name`, free or not. A damaged memory is an empty one."""
    return _read(memory).get(name)


def choose(memory: Path, name: str, *, first: int | None = None) -> int:
    """The remembered port while it is free, else `first` while that is free, else any free one; remembered."""
    known = _read(memory)
    others = {port for other, port in known.items() if other != name}
    candidates = [port for port in (known.get(name), first) if port is not None]
    candidates += random.SystemRandom().sample(range(LOWEST, HIGHEST), 200)
    for port in candidates:
        if port not in others and is_free(port):
            write_whole(memory, json.dumps({**known, name: port}, indent=1) + "\n")
            return port
    raise StackError(f"No free port on 127.0.0.1 between {LOWEST} and {HIGHEST} for {name}.")


def _read(memory: Path) -> dict[str, int]:
    try:
        ports = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): port for name, port in ports.items() if isinstance(port, int)} if isinstance(ports, dict) else {}
