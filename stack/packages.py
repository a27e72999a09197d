"""The system packages that are needed: found by what they bring, installed by name where we may, else named.

The distribution's own clusters and services are left alone: while packages are installed no server is started, no
`main` cluster is made, and a Redis service that came with the package is switched off again.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import postgres, redis
from stack.errors import StackError
from stack.progress import run, say

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = """\
#!/bin/sh
# Vicinity: written while its packages are installed, removed afterwards.
case "$1" in postgresql*|redis*) exit 101 ;; esac
exit 0
"""
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/vicinity.conf")
NO_MAIN_CLUSTER_TEXT = "create_main_cluster = false\n"


@dataclass(frozen=True, slots=True)
class Need:
    """Something the machine must bring. `package` is its Debian name, found when needed: it may carry a version."""

    what: str
    present: Callable[[], bool]
    package: Callable[[], str | None]


def newest_postgis(names: Sequence[str]) -> str | None:
    """Of package names, the PostGIS of the newest PostgreSQL that is new enough; None when there is none."""
    matches = [re.fullmatch(r"postgresql-(\d+)-postgis-3", name) for name in names]
    usable = [major for match in matches if match and (major := int(match[1])) >= postgres.OLDEST_MAJOR]
    return f"postgresql-{max(usable)}-postgis-3" if usable else None


def _postgis_package() -> str | None:
    known = subprocess.run(["apt-cache", "pkgnames", "postgresql-"], capture_output=True, text=True, check=False)
    return newest_postgis(known.stdout.split())


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NEEDS = (
    Need(
        f"PostgreSQL {postgres.OLDEST_MAJOR} or later with PostGIS 3",
        lambda: postgres.programs() is not None,
        _postgis_package,
    ),
    Need("Redis", lambda: redis.program() is not None, lambda: "redis-server"),
    # GeoDjango loads both libraries; gdal-bin depends on them under a name that is the same in every release.
    Need(
        "the GDAL and GEOS libraries",
        lambda: all(map(ctypes.util.find_library, ("gdal", "geos_c"))),
        lambda: "gdal-bin",
    ),
    Need("curl, to try the URL with", lambda: shutil.which("curl") is not None, lambda: "curl"),
)


def _has_chinese_font() -> bool:
    return any(True for _ in Path("/usr/share/fonts").rglob("*CJK*"))


TEST_NEEDS = (
    Need("Chromium, for tests of the pages", lambda: any(map(shutil.which, CHROMIUM)), lambda: "chromium"),
    Need("a font with Chinese characters, for the same", _has_chinese_font, lambda: "fonts-noto-cjk"),
)


def ensure(*, database: bool = True, broker: bool = True, tests: bool = False) -> None:
    """Install what is missing. StackError that names it where we may not, or where the distribution has none."""
    needs = [need for need in NEEDS if (database or need is not NEEDS[0]) and (broker or need is not NEEDS[1])]
    needs += TEST_NEEDS if tests else ()
    missing = [need for need in needs if not need.present()]
    if not missing:
        _finish_killed_run()
        return
    if shutil.which("apt-get") is None:
        raise StackError(_by_hand(missing, []))
    prefix = _as_root()
    if prefix is None:
        raise StackError(_by_hand(missing, [need.package() for need in missing]))
    say(f"  Missing on this machine: {', '.join(need.what for need in missing)}.")
    with contextlib.suppress(StackError):  # one of several sources may be away; what counts is the install
        run("Refreshing the package lists", [*prefix, *_apt("update")], log="apt-update")
    names = [need.package() for need in missing]
    if None in names:
        raise StackError(_by_hand(missing, names))
    _install(prefix, [name for name in names if name is not None])
    if still := [need for need in missing if not need.present()]:
        raise StackError(f"Installed, yet not found: {', '.join(need.what for need in still)}.")


def ensure_maven() -> None:
    """For OpenSearch's archive alone, so its absence is no reason to stop: StackError where it cannot be had."""
    if shutil.which("mvn") is not None:
        return
    prefix = _as_root() if shutil.which("apt-get") is not None else None
    if prefix is None:
        raise StackError("Maven fetches OpenSearch, is not installed, and may not be installed by us.")
    with contextlib.suppress(StackError):
        run("Refreshing the package lists", [*prefix, *_apt("update")], log="apt-update-maven")
    command = [*prefix, *_apt("install", "--no-install-recommends", "maven")]
    run("Installing maven", command, log="apt-install-maven")


def _as_root() -> list[str] | None:
    """What to put before a command so that it runs as root; None where we cannot become root."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    # On a terminal sudo asks for the password here, once, so that later output can go to the logs.
    asked = ["sudo", "-v"] if sys.stdin.isatty() else ["sudo", "-n", "true"]
    allowed = subprocess.run(asked, check=False, stderr=None if sys.stdin.isatty() else subprocess.DEVNULL).returncode
    return ["sudo", "-n"] if allowed == 0 else None


def _apt(*words: str) -> list[str]:
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold"]
    return ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get", *options, *words]


def _install(prefix: list[str], names: list[str]) -> None:
    had_redis = redis.program() is not None
    with _servers_left_off(prefix):
        # A run that was killed may have left packages unpacked but not set up; what this leaves, --fix-broken mends.
        with contextlib.suppress(StackError):
            run("Finishing earlier installations", [*prefix, "dpkg", "--configure", "-a"], log="dpkg")
        command = [*prefix, *_apt("install", "--fix-broken", "--no-install-recommends", *names)]
        run(f"Installing {', '.join(names)}", command, log="apt-install")
    if not had_redis and "redis-server" in names and shutil.which("systemctl"):
        off = subprocess.run(
            [*prefix, "systemctl", "disable", "--quiet", "redis-server"], capture_output=True, check=False
        )
        if off.returncode == 0:
            say("  redis-server's own service is left off; Vicinity starts its own.")


@contextlib.contextmanager
def _servers_left_off(prefix: list[str]) -> Iterator[None]:
    """While packages are set up: start no server, make no cluster. What the machine says itself comes first."""
    _write(prefix, NO_MAIN_CLUSTER, NO_MAIN_CLUSTER_TEXT, "0644")
    if not POLICY.exists():
        _write(prefix, POLICY, POLICY_TEXT, "0755")
    try:
        yield
    finally:
        subprocess.run([*prefix, "rm", "-f", *map(str, _ours())], check=False)


def _ours() -> list[Path]:
    """The files that leave servers off, where they are there and ours."""
    written = {NO_MAIN_CLUSTER: NO_MAIN_CLUSTER_TEXT, POLICY: POLICY_TEXT}
    return [path for path, text in written.items() if path.is_file() and path.read_text(errors="replace") == text]


def _finish_killed_run() -> None:
    """A run that was killed while apt went on to its end could not take its own files away."""
    if (left := _ours()) and (prefix := _as_root()) is not None:
        subprocess.run([*prefix, "rm", "-f", *map(str, left)], check=False)


def _write(prefix: list[str], path: Path, text: str, mode: str) -> None:
    command = [*prefix, "install", "-D", "-m", mode, "/dev/stdin", str(path)]
    subprocess.run(command, input=text, text=True, check=True)


def _by_hand(missing: list[Need], names: list[str | None]) -> str:
    lines = ["This machine lacks:"]
    lines += [f"  - {need.what}" for need in missing]
    if names and None not in names:
        lines.append("Neither root nor sudo is at hand, so please have this run, then try again:")
        lines.append(f"  apt-get install {' '.join(str(name) for name in names)}")
    else:
        lines.append("This release has no package for it. Install it by hand (PostgreSQL's own packages have every")
        lines.append("release), or name existing servers with DATABASE_URL and REDIS_URL, then try again.")
    return "\n".join(lines)
