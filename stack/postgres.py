"""A private PostgreSQL with PostGIS: its own folder, its own port on 127.0.0.1, a password nobody else has.

The server may run as another account than the checkout's owner (root's services run as `postgres`), and that account
may not be able to reach the folder by its path, /root being closed. So the folder is opened here and handed down as a
descriptor: `/proc/self/fd/N` leads straight to it, and the server needs rights on the folder alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stack import ports
from stack.accounts import own, service_account
from stack.errors import StackError
from stack.folders import write_whole
from stack.processes import Supervised
from stack.progress import Step, step

OLDEST_MAJOR = 15
USER = "vicinity"
# Nothing of the caller's PG* variables may reach the private server.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

CONFIGURATION = """\
# Written by stack/postgres.py at every start. ALTER SYSTEM keeps what you set yourself.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
# Not posix: a container's /dev/shm is often 64 MB, or not there at all.
dynamic_shared_memory_type = sysv
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = {shared_megabytes}MB
effective_cache_size = {cache_megabytes}MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
effective_io_concurrency = 200
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 1000
fsync = {durable}
full_page_writes = {durable}
synchronous_commit = {durable}
"""
CLIENTS = """\
# Written by stack/postgres.py at every start.
host all all 127.0.0.1/32 scram-sha-256
"""


def programs() -> Path | None:
    """The folder of the newest installed PostgreSQL that is new enough and has PostGIS; None when there is none."""
    found = []
    for folder in Path("/usr/lib/postgresql").glob("[0-9]*"):
        postgis = Path("/usr/share/postgresql", folder.name, "extension", "postgis.control")
        if folder.name.isdigit() and (folder / "bin" / "initdb").exists() and postgis.exists():
            found.append((int(folder.name), folder / "bin"))
    if usable := [pair for pair in found if pair[0] >= OLDEST_MAJOR]:
        return max(usable)[1]
    return _programs_on_path()


def _programs_on_path() -> Path | None:
    """For systems that keep one PostgreSQL, as told by its pg_config."""
    if (pg_config := shutil.which("pg_config")) is None:
        return None
    asked = subprocess.run(
        [pg_config, "--bindir", "--sharedir", "--version"], capture_output=True, text=True, check=False
    )
    lines = asked.stdout.splitlines()
    if asked.returncode != 0 or len(lines) != 3:
        return None
    folder, share, major = Path(lines[0]), Path(lines[1]), lines[2].split()[1].split(".")[0]
    ready = (folder / "initdb").exists() and (share / "extension" / "postgis.control").exists()
    return folder if ready and major.isdigit() and int(major) >= OLDEST_MAJOR else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server under `folder`. With `durable` false it may lose everything in a power cut: for tests only."""

    folder: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def process(self) -> Supervised:
        return Supervised(self.folder, "postgres")

    @property
    def ports(self) -> Path:
        return self.folder / "ports.json"

    @property
    def port(self) -> int:
        return ports.recall(self.ports, "postgres") or 0

    def url(self, database: str) -> str:
        return f"postgis://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def start(self) -> bool:
        """Make it if need be, start it, wait until it answers. False when it was running already."""
        if self.process.serving() is not None and self._answers():
            return False
        self.process.stop(first=signal.SIGINT)
        if not self.durable and (self.data / "postmaster.pid").exists():
            shutil.rmtree(self.data)  # it was not shut down, and without fsync nothing vouches for it
        if not (self.data / "PG_VERSION").exists():
            self._create()
        with step("Starting PostgreSQL") as current:
            for attempt in range(1, 4):
                try:
                    self._launch(current)
                    break
                except StackError:
                    # Another program may have taken the port, or the last server's processes are still ending.
                    if attempt == 3:
                        raise
                    time.sleep(attempt)
        return True

    def stop(self) -> bool:
        return self.process.stop(first=signal.SIGINT, seconds=60)

    def ensure_database(self, name: str) -> None:
        if name not in self._psql("-tAc", "SELECT datname FROM pg_database").splitlines():
            self._psql("-c", f'CREATE DATABASE "{name}"')

    def _create(self) -> None:
        """Run initdb in a folder beside the real one, renamed when whole: a kill half-way leaves nothing in the way."""
        account = service_account()
        half_done = self.folder / "postgres.new"
        with step("Creating a private PostgreSQL"):
            for leftover in (half_done, self.data):
                shutil.rmtree(leftover, ignore_errors=True)
            own(half_done, account)
            password = os.memfd_create("password", 0)
            os.write(password, self._password().encode())
            command = ["--username", USER, "--auth", "scram-sha-256", "--pwfile", f"/proc/self/fd/{password}"]
            command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums"]
            command += [] if self.durable else ["--no-sync"]
            log = self.folder / "logs" / "initdb.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with _reachable(half_done) as (path, descriptor), log.open("wb") as output:
                done = subprocess.run(
                    [self._program("initdb"), *command, "-D", path],
                    cwd="/",
                    env=ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=False,
                    pass_fds=(descriptor, password),
                    user=account.pw_uid if account else None,
                    group=account.pw_gid if account else None,
                    extra_groups=[] if account else None,
                )
            os.close(password)
            if done.returncode != 0:
                raise StackError("PostgreSQL's folder could not be made.", log=log)
            half_done.rename(self.data)

    def _launch(self, current: Step) -> None:
        account = service_account()
        port = ports.choose(self.ports, "postgres")
        self._configure(port)
        own(self.data, account)
        with _reachable(self.data) as (path, descriptor):
            child = self.process.start(
                [self._program("postgres"), "-D", path],
                env=ENVIRONMENT,
                account=account,
                pass_fds=(descriptor,),
            )
            # After a crash it first replays its log, which may take minutes.
            self.process.until_ready(child, self._answers, step=current, seconds=300)

    def _configure(self, port: int) -> None:
        megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        shared = min(1024, max(128, megabytes // 16)) if self.durable else 128
        text = CONFIGURATION.format(
            port=port,
            shared_megabytes=shared,
            cache_megabytes=max(256, megabytes // 4),
            durable="on" if self.durable else "off",
        )
        write_whole(self.data / "postgresql.conf", text)
        write_whole(self.data / "pg_hba.conf", CLIENTS)

    def _program(self, name: str) -> Path:
        """Of the release that made the data, if it is made; else of the newest installed."""
        version = self.data / "PG_VERSION"
        if version.exists():
            major = version.read_text(encoding="utf-8").strip()
            own_release = Path("/usr/lib/postgresql", major, "bin", name)
            if own_release.exists():
                return own_release
        folder = programs()
        if folder is None:
            raise StackError(f"No PostgreSQL {OLDEST_MAJOR} or later with PostGIS is installed.")
        return folder / name

    def _password(self) -> str:
        path = self.folder / "database_password"
        if not path.exists():
            write_whole(path, secrets.token_hex(16), mode=0o600)
        return path.read_text(encoding="utf-8")

    def _answers(self) -> bool:
        command: list[str | Path] = [
            self._program("pg_isready"),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-t",
            "2",
        ]
        return subprocess.run(command, env=ENVIRONMENT, check=False).returncode == 0

    def _psql(self, *arguments: str) -> str:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", "postgres"]
        asked = subprocess.run(
            [self._program("psql"), "-X", "-v", "ON_ERROR_STOP=1", *where, *arguments],
            env={**ENVIRONMENT, "PGPASSWORD": self._password()},
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode != 0:
            raise StackError(f"PostgreSQL refused: {asked.stderr.strip()}", log=self.process.log)
        return asked.stdout.strip()


@contextlib.contextmanager
def _reachable(folder: Path) -> Iterator[tuple[str, int]]:
    """A path to `folder` for a child that is handed the descriptor, whoever it runs as and whatever lies above."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", descriptor
    finally:
        os.close(descriptor)
