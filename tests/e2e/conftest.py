"""A site with the demo city on a database of its own, served by real processes, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A map needs WebGL; where there is no graphics card, software draws it.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SITE: dict[str, str] = {}
"""The environment of the served site, for what is run beside it."""


@pytest.fixture(scope="session")
def site_url() -> Iterator[str]:
    """The base URL of a served demo city."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = f"e2e_{os.getpid()}"
    admin = address._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": address._replace(path=f"/{name}").geturl(),
        "BASE_URL": url,
        "SECRET_KEY": "only-for-tests-" * 5,
        "LOG_LEVEL": "ERROR",
        "RATE_LIMIT_SEARCH": "off",
        "RATE_LIMIT_SUGGEST": "off",
        "RATE_LIMIT_TILES": "off",
        "RATE_LIMIT_READ": "off",
        "RATE_LIMIT_WRITE": "off",
        "RATE_LIMIT_SIGN_IN": "off",
        "RATE_LIMIT_ADDRESS": "off",
        "STATEMENT_TIMEOUT_MS": "0",
        "PYTHONPATH": str(ROOT),
    }
    SITE.update(environment)
    server = None
    try:
        for command in (["manage.py", "migrate", "--verbosity", "0"], ["tests/e2e/fill_site.py"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
        served = [
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--blocking-threads",
            "4",
        ]
        server = subprocess.Popen(
            [sys.executable, "-m", *served, "config.wsgi:application"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until_it_answers(f"{url}/readyz")
        yield url
    finally:
        if server is not None:
            server.terminate()
            server.wait(timeout=60)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def worker(site_url, tmp_path_factory) -> Iterator[Path]:
    """The worker: it keeps the index, looks at payments, and writes letters to its log, which is the value."""
    log = tmp_path_factory.mktemp("worker") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "1", "--loglevel", "INFO"],
            cwd=ROOT,
            env=SITE,
            stdout=out,
            stderr=out,
        )
        yield log
        process.terminate()
        process.wait(timeout=30)


def _until_it_answers(url: str) -> None:
    """Two minutes at most: a busy machine takes half of one to import the product."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=10):  # noqa: S310 -- our own http:// address
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture(scope="session")
def playwright_() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")  # a browser that has opened a hundred windows may hang
def chromium(playwright_: Playwright) -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium: make test installs it"
    launched = playwright_.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield launched
    launched.close()


@dataclass
class Watched:
    """A page, and everything bad that it told."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    expects_failures: bool = False
    """The browser itself tells of requests that a test makes fail; only those are passed over."""
    dialogs: list[str] = field(default_factory=list)

    def unexpected(self) -> list[str]:
        mine = "Failed to load resource"
        return [text for text in self.complaints if not (self.expects_failures and text.startswith(mine))]

    def goto(self, path: str = "/") -> None:
        self.page.goto(self.url + path)

    def show(self, path: str = "/") -> None:
        """Open, and wait for results and for the map's pins."""
        self.goto(path)
        self.page.locator("vn-hit-card").first.wait_for()
        self.page.locator("vn-map canvas").wait_for()
        self.settle()

    def settle(self) -> None:
        """Until the list is of the question in the address, and nothing is being fetched."""
        self.page.wait_for_timeout(50)
        self.page.locator("vn-results section[aria-busy=false]").wait_for(state="attached")
        self.page.wait_for_load_state("networkidle")

    def picture(self, name: str) -> None:
        """Into .local/screenshots, to be looked at."""
        folder = ROOT / ".local" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self.page.screenshot(path=folder / f"{name}.png")
        except Error:  # software draws the map, and on a busy machine not always in time
            self.page.wait_for_timeout(3_000)
            self.page.screenshot(path=folder / f"{name}.png")


@pytest.fixture
def open_page(chromium: Browser, site_url: str):
    """`open_page(phone=…, dark=…)`: a fresh context, whose complaints fail the test at its end."""
    opened: list[Watched] = []

    def make(*, phone: bool = False, dark: bool = False, reduced: bool = True, **options) -> Watched:
        context = chromium.new_context(
            viewport=PHONE if phone else WIDE,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if reduced else "no-preference",
            **{"locale": "en-GB", "timezone_id": "Europe/Helsinki", **options},
        )
        context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
        )
        watched = Watched(context.new_page(), site_url)
        watched.page.on(
            "console", lambda m: watched.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))

        def dismissed(dialog) -> None:
            watched.dialogs.append(dialog.message)
            dialog.dismiss()

        watched.page.on("dialog", dismissed)
        opened.append(watched)
        return watched

    yield make
    for watched in opened:
        watched.page.context.close()
    assert [complaint for watched in opened for complaint in watched.unexpected()] == []
    assert [message for watched in opened for message in watched.dialogs] == []
