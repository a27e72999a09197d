"""What each verb of `python -m stack` does, in order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from stack import application, environment, lock, opensearch, options, web_assets
from stack.errors import StackError
from stack.folders import LOCAL, PYTHON, ROOT, VENV
from stack.processes import Supervised
from stack.progress import remove, run, say, step
from stack.services import Services

TESTING = Services(LOCAL / "test", durable=False)
TESTING_OPENSEARCH = opensearch.Server(LOCAL / "test", "512m")
SEARCH = "/v1/search?lat=60.1699&lon=24.9384&radius_metres=1000&q=coffee&explain=true"


def up() -> int:
    began = time.monotonic()
    with lock.exclusive(LOCAL / "lock"):
        application.SERVICES.install()
        prepare_environment()
        try:
            web_assets.ensure()
        except StackError as error:
            say(f"{error}\n  Going on without the pages: the API needs none of them. The next make up tries again.")
        application.SERVICES.start()
        application.choose_port()
        if opensearch.is_private():
            opensearch.server().choose_port()
        application.migrate()
        application.load_demo()
        started = application.start()
        if opensearch.is_private():
            opensearch.start_beside()
    say("")
    if started:
        say(f"Vicinity serves at {application.url()} after {time.monotonic() - began:.1f} s. Try:")
    else:
        say(f"Vicinity was up already, at {application.url()}. Try:")
    say(f"  curl '{application.url()}{SEARCH}'")
    if sign_in := application.demo_sign_in():
        say(f"  {sign_in}")
    return 0


def down() -> int:
    with lock.exclusive(LOCAL / "lock"):
        stopped = stop_application()
        with step("Stopping the servers"):
            stopped += opensearch.stop()
            stopped += application.SERVICES.stop()
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def clean() -> int:
    if LOCAL.exists():
        down()
        with lock.exclusive(TESTING.folder / "lock"):
            TESTING_OPENSEARCH.stop()
            TESTING.stop()
    built = [web_assets.WEB / "node_modules", web_assets.DIST]
    elsewhere = [opensearch.folder_in(folder) for folder in (LOCAL, TESTING.folder)]
    remove("Removing .local, .venv and what was built", [LOCAL, VENV, *built, *elsewhere])
    return 0


def status() -> int:
    """Exit 0 when everything runs, 1 when something is stopped or has died."""
    well = True
    for name in ("postgres", "redis", *(part.name for part in application.parts())):
        process = Supervised(LOCAL, name)
        recorded, running = process.recorded(), process.running()
        named = (name == "postgres" and not application.SERVICES.private_database) or (
            name == "redis" and not application.SERVICES.private_redis
        )
        if running is not None:
            state = f"running, process {running.pid}"
        elif named:
            state = "named by the environment"
        else:
            well = False
            state = "died" if recorded is not None else "stopped"
        say(f"  {name:<9} {state:<28} {process.log.relative_to(ROOT)}")
    say(f"  {'opensearch':<9} {opensearch.describe()}")
    say(
        f"  Vicinity serves at {application.url()}"
        if well
        else "  Not everything runs: make up starts what is missing."
    )
    return 0 if well else 1


def stop_application() -> list[str]:
    parts = [part for part in reversed(application.parts()) if part.process.recorded() is not None]
    if not parts:
        return []
    with step("Stopping web and worker"):
        return [part.name for part in parts if part.process.stop()]


def install() -> int:
    """The machine's packages and the Python environment, and nothing started."""
    with lock.exclusive(LOCAL / "lock"):
        application.SERVICES.install()
        prepare_environment()
    return 0


def resolve() -> int:
    """Take newer packages, or those that pyproject.toml now names, into the lock files."""
    install()
    environment.resolve()
    return 0


def write_reference() -> int:
    """What docs/ is made from: settings, error codes and the OpenAPI document. It needs no running server."""
    install()
    run("Writing the reference in docs/", [PYTHON, "manage.py", "write_reference"], log="reference", env=_development())
    return 0


def prepare_environment() -> None:
    if not environment.is_ready():
        stop_application()  # it must not run from an environment that is being replaced
        environment.ensure()
    application.write_secret_key()


def execute(command: Sequence[str]) -> int:
    """Run a command against the servers of `up`, in the terminal: `python -m stack run manage.py shell`."""
    if application.SERVICES.private_database and application.SERVICES.cluster.process.running() is None:
        raise StackError("The private PostgreSQL is not running: make up starts it.")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *command], application.environment())  # noqa: S606 -- no shell is meant


def lint() -> int:
    """Format, lint, import contracts and types, of the pages too; every one is run, and any that fails is named."""
    install()
    failed = []
    for name, program, *words in (
        ("format", "ruff", "format", "--check", "."),
        ("lint", "ruff", "check", "."),
        ("imports", "lint-imports"),
        ("types", "mypy", "."),
    ):
        try:
            run(f"Checking {name}", [VENV / "bin" / program, *words], log=f"check-{name}", env=_development())
        except StackError as error:
            failed.append(name)
            say(str(error))
    try:
        web_assets.lint()
    except StackError as error:
        failed.append("pages")
        say(str(error))
    if failed:
        raise StackError(f"Failed: {', '.join(failed)}.")
    return 0


def check() -> int:
    """What is quick enough to run before every commit."""
    lint()
    quick = "not processes and not slow and not shared_data and not opensearch"
    return _test(["-n", _workers(), "-m", quick, "-q"], with_opensearch=False)


def test(arguments: Sequence[str]) -> int:
    """All tests, or what pytest's own `arguments` choose, against servers that only tests use.

    They are not those of `up`, so both can run at once; fsync is off, and they are stopped at the end.
    """
    return _test(arguments, with_opensearch=True)


def _test(arguments: Sequence[str], *, with_opensearch: bool) -> int:
    with lock.exclusive(LOCAL / "lock"):
        TESTING.install()
        prepare_environment()
        web_assets.ensure()
    with lock.exclusive(TESTING.folder / "lock"):
        TESTING.start()
        try:
            to_fill = _opensearch_for_tests() if with_opensearch else ""
            variables = {**_development(), "OPENSEARCH_URL": "", "VICINITY_TEST_OPENSEARCH": to_fill}
            return _foreground([PYTHON, "-m", "pytest", *(arguments or ["-n", _workers()])], variables)
        finally:
            TESTING_OPENSEARCH.stop()
            TESTING.stop()


PROOF_SIZES = {
    "VICINITY_SEEDS": "40",
    "VICINITY_KILLS": "30",
    "VICINITY_QUESTIONS": "5000",
    "VICINITY_PAIRS": "100000",
    "VICINITY_CHAOS_WRITES": "10000",
    "VICINITY_CHAOS_OFF_SECONDS": "95",
    "VICINITY_CLUSTER": "1",
    "FUZZ_EXAMPLES": "400",
    "VICINITY_TIMED": "1",
    "VICINITY_SQL_TAKES": "1000000",
    "VICINITY_HTTP_TAKES": "100000",
    "VICINITY_KEYS": "1000",
    "VICINITY_WEB_KILLS": "40",
    "VICINITY_HOLD_ACKS": "40000",
    "VICINITY_CRASH_WEB_KILLS": "100",
    "VICINITY_CRASH_BACKEND_KILLS": "100",
    "VICINITY_CRASH_STOPS": "4",
    "VICINITY_INTERLEAVINGS": "5000",
    "VICINITY_OVERLAPS": "50000",
    "VICINITY_PAYMENT_SEEDS": "1000",
    "VICINITY_ADDRESSES": "20000",
}
PROOFS = (
    "tests/indexing/test_failpoints.py",
    "tests/indexing/test_races.py",
    "tests/indexing/test_crashes.py",
    "tests/indexing/test_follower.py",
    "tests/indexing/test_replacing.py",
    "tests/indexing/test_opensearch_chaos.py",
    "tests/indexing/test_opensearch_cluster.py",
    "tests/indexing/test_areas_searched.py",
    "tests/search/test_serving_pairs.py",
    "tests/search/opensearch/test_serving_pairs.py",
    "tests/search/opensearch/test_against_oracle.py",
    "tests/concurrency",
    "tests/booking/test_assign_real.py",
    "tests/test_openapi_fuzz.py",
    "tests/fixtures/test_load_demo.py",
    "tests/e2e/test_speed.py",
)


def prove(arguments: Sequence[str]) -> int:
    """The tests that death, chance and numbers are in, at the sizes of PROOF_SIZES; `arguments` replace the files.

    Sizes set in the environment come first. docs/proofs.md holds what was seen.
    """
    for name, size in PROOF_SIZES.items():
        os.environ.setdefault(name, size)
        say(f"  {name}={os.environ[name]}")
    return test(["-rP", *(arguments or PROOFS)])


def _opensearch_for_tests() -> str:
    """The address of one that tests may fill; empty, and said so, where it cannot be had: pytest then refuses in CI."""
    if (named := options.value("OPENSEARCH_URL")) or options.value("OPENSEARCH") != "auto":
        return named
    try:
        TESTING_OPENSEARCH.choose_port()
        TESTING_OPENSEARCH.start()
    except (StackError, OSError) as error:
        say(f"OpenSearch cannot be had here, so its tests are not run: {str(error).splitlines()[0]}")
        return ""
    return TESTING_OPENSEARCH.url


def _development() -> dict[str, str]:
    return {**TESTING.environment(), "DJANGO_SETTINGS_MODULE": "config.settings"}


def _workers() -> str:
    return str(min(4, os.cpu_count() or 1))


def _foreground(command: Sequence[str | Path], environment: dict[str, str]) -> int:
    """Run in the terminal to its end. Ctrl-C reaches the child too, which is given the time to tell what it did."""
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=lock.held(),
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.wait(timeout=30)
        raise
