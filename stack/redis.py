"""A private Redis for the Celery broker and the rate limits: its own folder and port, a password, an append-only file.

It never evicts: a broker that forgets a message to make room would lose it in silence.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from stack import ports
from stack.accounts import own, service_account
from stack.errors import StackError
from stack.folders import write_whole
from stack.processes import Supervised
from stack.progress import Step, step

PROGRAMS = ("redis-server", "valkey-server")

CONFIGURATION = """\
bind 127.0.0.1
port {port}
dir {folder}
requirepass {password}
daemonize no
save ""
appendonly {durable}
appendfsync everysec
maxmemory-policy noeviction
"""


def program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class Server:
    """A server under `folder`. With `durable` false it keeps nothing over a stop: for tests only."""

    folder: Path
    durable: bool = True

    @property
    def process(self) -> Supervised:
        return Supervised(self.folder, "redis")

    @property
    def ports(self) -> Path:
        return self.folder / "ports.json"

    @property
    def port(self) -> int:
        return ports.recall(self.ports, "redis") or 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@127.0.0.1:{self.port}/0"

    def start(self) -> bool:
        """Start it and wait until it answers. False when it was running already."""
        if self.process.serving() is not None and self._answers():
            return False
        self.process.stop()
        with step("Starting Redis") as current:
            for attempt in range(1, 4):
                try:
                    self._launch(current)
                    break
                except StackError:
                    if attempt == 3:
                        raise
                    time.sleep(attempt)
        return True

    def stop(self) -> bool:
        return self.process.stop(first=signal.SIGTERM)

    def _launch(self, current: Step) -> None:
        executable = program()
        if executable is None:
            raise StackError("No redis-server is installed.")
        account = service_account()
        data = self.folder / "redis"
        own(data, account)
        # Reached by descriptor, for the reason given in stack/postgres.py.
        descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        try:
            child = self.process.start(
                [executable, "-"],
                given=CONFIGURATION.format(
                    port=ports.choose(self.ports, "redis"),
                    folder=f"/proc/self/fd/{descriptor}",
                    password=self._password(),
                    durable="yes" if self.durable else "no",
                ),
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                account=account,
                pass_fds=(descriptor,),
            )
            self.process.until_ready(child, self._answers, step=current, seconds=120)
        finally:
            os.close(descriptor)

    def _password(self) -> str:
        path = self.folder / "redis_password"
        if not path.exists():
            write_whole(path, secrets.token_hex(16), mode=0o600)
        return path.read_text(encoding="utf-8")

    def _answers(self) -> bool:
        """Whether our server answers, and not another that happens to hold the port: only ours knows the password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (more := connection.recv(256)):
                    answer += more
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
