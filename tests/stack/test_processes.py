"""Background processes: known from before they start, told from others, gone when stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from stack.errors import StackError
from stack.processes import Supervised
from stack.progress import Step

pytestmark = pytest.mark.processes
ENVIRONMENT = {"PATH": os.environ["PATH"]}


@pytest.fixture
def supervised(tmp_path):
    one = Supervised(tmp_path, "one")
    yield one
    one.stop(first=signal.SIGKILL)


def _gone(pid):
    limit = time.monotonic() + 5
    while time.monotonic() < limit:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            if not os.path.exists(f"/proc/{pid}"):  # noqa: PTH110 -- a process, not a file
                return True
        time.sleep(0.02)
    return False


def test_it_runs_until_stopped(supervised):
    assert supervised.running() is None
    child = supervised.start(["sleep", "60"], env=ENVIRONMENT, fingerprint="abc")
    process = supervised.running()
    assert (process.pid, process.fingerprint) == (child.pid, "abc")
    assert supervised.stop() is True
    assert supervised.recorded() is None
    assert supervised.stop() is False


def test_it_serves_only_when_seen_to_be_ready(supervised):
    child = supervised.start(["sleep", "60"], env=ENVIRONMENT)
    assert supervised.serving() is None
    supervised.until_ready(child, lambda: True, step=Step("test"), seconds=1)
    assert supervised.serving().pid == child.pid


def test_a_death_is_noticed(supervised):
    child = supervised.start(["sleep", "60"], env=ENVIRONMENT)
    child.kill()
    child.wait()
    assert supervised.running() is None
    assert supervised.recorded().pid == child.pid


def test_another_process_with_the_same_pid_is_not_ours(supervised):
    with subprocess.Popen(["sleep", "60"]) as stranger:
        supervised.pid_file.parent.mkdir()
        supervised.pid_file.write_text(f"{stranger.pid} 1 -\n")
        assert supervised.running() is None
        supervised.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_after_another_boot_nothing_is_ours(supervised):
    """The same pid, started at the same tick: by the boot alone it is told apart, and its session is left alone."""
    child = supervised.start(["sleep", "60"], env=ENVIRONMENT)
    assert supervised.running() is not None
    pid, ticks, boot, fingerprint = supervised.pid_file.read_text().split()
    supervised.pid_file.write_text(f"{pid} {ticks} another-{boot} {fingerprint}\n")
    assert supervised.running() is None
    supervised.stop()
    assert child.poll() is None
    child.kill()
    child.wait()


def test_a_pid_file_without_a_boot_is_of_this_one(supervised):
    supervised.start(["sleep", "60"], env=ENVIRONMENT)
    pid, ticks, _, fingerprint = supervised.pid_file.read_text().split()
    supervised.pid_file.write_text(f"{pid} {ticks} {fingerprint}\n")
    assert supervised.stop()


@pytest.mark.parametrize("damage", ["", "12", "a b c", "1 2 3 4 5"])
def test_a_damaged_pid_file_is_none(supervised, damage):
    supervised.pid_file.parent.mkdir()
    supervised.pid_file.write_text(damage)
    assert supervised.recorded() is None


def test_dying_at_the_start_shows_the_log(supervised):
    child = supervised.start(["sh", "-c", "echo no such thing; exit 3"], env=ENVIRONMENT)
    with pytest.raises(StackError, match="exit 3") as told:
        supervised.until_ready(child, lambda: False, step=Step("test"), seconds=5)
    assert "no such thing" in str(told.value)
    assert supervised.recorded() is None


def test_one_that_ignores_sigterm_is_killed(supervised):
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = supervised.start([sys.executable, "-c", program], env=ENVIRONMENT)
    supervised.until_ready(child, lambda: "deaf" in supervised.log.read_text(), step=Step("test"), seconds=10)
    supervised.stop(seconds=0.2)
    assert child.wait(timeout=5) == -signal.SIGKILL


def test_what_a_killed_master_leaves_behind_is_swept(supervised):
    child = supervised.start(["sh", "-c", "sleep 60 & echo $!; wait"], env=ENVIRONMENT)
    supervised.until_ready(child, lambda: supervised.log.read_text().strip(), step=Step("test"), seconds=5)
    orphan = int(supervised.log.read_text())
    child.kill()
    child.wait()
    assert os.path.exists(f"/proc/{orphan}")  # noqa: PTH110 -- negative control: it does survive its master
    supervised.stop()
    assert _gone(orphan)


def test_it_is_known_even_when_its_starter_is_killed_at_once(supervised, tmp_path):
    program = (
        "import os, signal; from pathlib import Path; from stack import processes\n"
        "processes.time.sleep = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"processes.Supervised(Path({str(tmp_path)!r}), 'one').start(['sleep', '60'], env=dict(os.environ))"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -signal.SIGKILL
    limit = time.monotonic() + 10
    while supervised.running() is None and time.monotonic() < limit:
        time.sleep(0.01)
    assert supervised.running() is not None
    assert supervised.serving() is None
