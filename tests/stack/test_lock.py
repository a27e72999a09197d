"""One command at a time; a lock outlives its taker while a child that was handed it still works."""

from __future__ import annotations

import fcntl
import os
import subprocess
import time

import pytest

from stack import lock


def _is_free(path):
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_it_is_held_inside_and_free_after(tmp_path):
    path = tmp_path / "lock"
    with lock.exclusive(path):
        assert not _is_free(path)
        assert path.read_text() == f"{os.getpid()}\n"
    assert _is_free(path)
    assert lock.held() == ()


@pytest.mark.processes
def test_a_child_keeps_the_lock_until_it_ends(tmp_path):
    path = tmp_path / "lock"
    with lock.exclusive(path):
        child = subprocess.Popen(["sleep", "60"], pass_fds=lock.held())
    assert not _is_free(path)
    child.kill()
    child.wait()
    limit = time.monotonic() + 5
    while not _is_free(path) and time.monotonic() < limit:
        time.sleep(0.01)
    assert _is_free(path)
