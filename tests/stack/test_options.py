"""The stack reads the settings table without importing it, and reads it right."""

from __future__ import annotations

from config.options import OPTIONS
from stack import options


def test_the_table_is_read_as_it_is():
    assert options.defaults() == {option.name: option.default for option in OPTIONS}


def test_empty_text_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("WEB_THREADS", "")
    assert options.value("WEB_THREADS") == options.defaults()["WEB_THREADS"]
    monkeypatch.setenv("WEB_THREADS", "9")
    assert options.value("WEB_THREADS") == "9"
    assert options.given()["WEB_THREADS"] == "9"
