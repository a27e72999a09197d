"""A file is whole or not there, and a log's end is what a reader sees."""

from __future__ import annotations

import stat

from stack.errors import StackError
from stack.folders import tail, write_whole


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path):
    path = tmp_path / "deep" / "secret"
    write_whole(path, "one", mode=0o600)
    write_whole(path, "two", mode=0o600)
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_an_error_shows_the_end_of_its_log(tmp_path):
    log = tmp_path / "some.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert "line 99" in str(StackError("It failed.", log=log))
    assert "line 9\n" not in tail(log)
    assert tail(tmp_path / "absent.log") == ""
