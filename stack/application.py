"""Vicinity itself on top of its servers: schema, demo city, and the web and worker processes."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack import options, ports
from stack.errors import StackError
from stack.folders import LOCAL, PYTHON, ROOT, write_whole
from stack.processes import Supervised
from stack.progress import run, say, step
from stack.services import Services

SERVICES = Services(LOCAL)
PORTS = LOCAL / "ports.json"
SECRET_KEY = LOCAL / "secret_key"
DEMO_PASSWORD = LOCAL / "demo_password"
STAMPS = LOCAL / "stamps"
METRICS = LOCAL / "metrics"
NO_MAP = "demo_map_unavailable"  # the one failure of load_demo that all else can do without
PACKAGES = ("config", "accounts", "geo", "listings", "search", "deals", "booking", "indexing", "partners", "fixtures")


@dataclass(frozen=True, slots=True)
class Part:
    """One process of ours. `ready` tells whether it serves, given its log since it started."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[str], bool]

    @property
    def process(self) -> Supervised:
        return Supervised(LOCAL, self.name)


def port() -> int:
    return int(options.value("PORT")) or ports.recall(PORTS, "web") or 0


def url() -> str:
    return f"http://127.0.0.1:{port()}"


def environment() -> dict[str, str]:
    base_url = {} if options.given().get("BASE_URL") else {"BASE_URL": url()}
    return {**SERVICES.environment(), **base_url, "DJANGO_SETTINGS_MODULE": "config.settings"}


def parts() -> list[Part]:
    where = ("--host", "127.0.0.1", "--port", str(port()))
    size = ("--workers", options.value("WEB_PROCESSES"), "--blocking-threads", options.value("WEB_THREADS"))
    web = ("granian", "--interface", "wsgi", *where, *size, "--respawn-failed-workers")
    celery = ("celery", "--app", "config")
    logged = ("--loglevel", options.value("LOG_LEVEL"))
    return [
        Part("web", (*web, "config.wsgi:application"), lambda _log: _web_answers()),
        Part(
            "worker",
            (*celery, "worker", *logged, "--concurrency", options.value("WORKER_THREADS")),
            lambda log: " ready." in log,
        ),
    ]


def write_secret_key() -> None:
    if not SECRET_KEY.exists():
        write_whole(SECRET_KEY, secrets.token_urlsafe(48) + "\n", mode=0o600)


def migrate() -> None:
    _manage("Bringing the schema up to date", "migrate", "--noinput", "--verbosity", "1", log="migrate")


def load_demo() -> None:
    """The demo city, searchable at once, when its files or the database differ from what was loaded last."""
    wanted = options.value("DEMO")
    if wanted == "false" or (wanted == "auto" and not SERVICES.private_database):
        say("  The demo city is not loaded (set DEMO=true to load it into your own database).")
        return
    stamp = STAMPS / "demo"
    state = _digest(ROOT / "fixtures", extra=environment()["DATABASE_URL"])
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return
    try:
        _manage("Loading the demo city", "load_demo", log="load_demo")
    except StackError as error:
        if NO_MAP not in str(error):
            raise
        say(f"{error}\n  Going on without the demo city; the next make up tries again.")
        return
    if not DEMO_PASSWORD.exists():
        write_whole(DEMO_PASSWORD, secrets.token_urlsafe(12) + "\n", mode=0o600)
    _manage("Making the demo's owner", "demo_owner", str(DEMO_PASSWORD), log="demo_owner")
    _manage("Indexing the demo city", "check_index", "--repair", log="index_demo")
    write_whole(stamp, state)


def demo_sign_in() -> str:
    """How to sign in to the console of the demo city; '' where it is not loaded."""
    if not (STAMPS / "demo").exists() or not DEMO_PASSWORD.exists():
        return ""
    return f"{url()}/console/ as demo@example.org with {DEMO_PASSWORD.read_text(encoding='utf-8').strip()}"


def start() -> list[str]:
    """Start what does not run, and again what runs from older code or settings. The names of those started."""
    wanted = _fingerprint()
    waiting = []
    for part in parts():
        process = part.process.serving()
        if process is not None and process.fingerprint == wanted:
            continue
        if part.process.recorded() is not None and part.process.running() is None:
            say(f"  {part.name} had died; its log is {part.process.log.relative_to(ROOT)}.")
        part.process.stop()
        begin = part.process.log.stat().st_size if part.process.log.exists() else 0
        command: list[str | Path] = [PYTHON, "-m", *part.command]
        child = part.process.start(command, env=_environment_of(part), directory=ROOT, fingerprint=wanted)
        waiting.append((part, child, begin))
    for part, child, begin in waiting:
        with step(f"Starting {part.name}") as current:
            part.process.until_ready(
                child,
                lambda part=part, begin=begin: part.ready(_since(part.process.log, begin)),  # type: ignore[misc]  # bound now
                step=current,
                seconds=90,
            )
    return [part.name for part, _, _ in waiting]


def _environment_of(part: Part) -> dict[str, str]:
    """Web processes keep their counters in one folder, so that any of them tells the sums; it starts out empty."""
    if part.name != "web":
        return environment()
    shutil.rmtree(METRICS, ignore_errors=True)
    METRICS.mkdir(parents=True)
    return {**environment(), "PROMETHEUS_MULTIPROC_DIR": str(METRICS)}


def choose_port() -> None:
    """Keep the port of a web process that runs; else the one remembered, else 8000, else a free one."""
    if Supervised(LOCAL, "web").running() is not None:
        return
    if wanted := int(options.value("PORT")):
        if not ports.is_free(wanted):
            raise StackError(f"PORT={wanted} is taken on 127.0.0.1. Choose another, or leave PORT out.")
        return
    ports.choose(PORTS, "web", first=8000)


def _manage(title: str, *words: str, log: str) -> None:
    # A migration or an import may rightly take longer than a web request's statement.
    run(title, [PYTHON, "manage.py", *words], log=log, env={**environment(), "STATEMENT_TIMEOUT_MS": "0"})


def _fingerprint() -> str:
    sources = hashlib.sha256()
    for package in PACKAGES:
        sources.update(_digest(ROOT / package, suffix=".py").encode())
    for path in [*sorted((ROOT / "web").glob("*.py")), ROOT / "web" / "dist" / "manifest.json"]:
        sources.update(path.read_bytes())
    sources.update((ROOT / "requirements-dev.txt").read_bytes())
    known = {name: text for name, text in environment().items() if name in options.defaults()}
    return hashlib.sha256(sources.digest() + json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]


def _digest(folder: Path, *, suffix: str = "", extra: str = "") -> str:
    digest = hashlib.sha256(extra.encode())
    for path in sorted(folder.rglob(f"*{suffix}")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _since(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        return file.read().decode("utf-8", "replace")


def _web_answers() -> bool:
    try:
        with urllib.request.urlopen(f"{url()}/livez", timeout=2):  # noqa: S310 -- our own http:// address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
