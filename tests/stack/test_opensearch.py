"""The private OpenSearch: which Java and archive are taken, and that it is said where it cannot be had."""

from __future__ import annotations

import pytest

from stack import opensearch, opensearch_archive, packages
from stack.errors import StackError


def _java(folder, version):
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2026-01-01' >&2\n")
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize(("version", "major"), [("21.0.4", 21), ("25", 25), ("17.0.1", 17), ("1.8.0_402", 1)])
def test_the_version_of_a_java_is_asked_of_it(tmp_path, version, major):
    assert opensearch_archive.java_major(_java(tmp_path, version)) == major
    assert opensearch_archive.java_major(tmp_path / "none") == 0


def test_a_named_java_that_is_too_old_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(_java(tmp_path / "old", "17.0.1")))
    with pytest.raises(StackError, match="no Java 21 or later"):
        opensearch_archive.java_home()
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(_java(tmp_path / "new", "21.0.1")))
    assert opensearch_archive.java_home() == tmp_path / "new"


def test_an_archive_of_another_digest_is_not_taken(tmp_path, monkeypatch):
    archive = tmp_path / opensearch_archive.IN_REPOSITORY
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"not the archive")
    monkeypatch.setattr(opensearch_archive, "MAVEN", tmp_path)
    monkeypatch.setattr(opensearch_archive.Path, "home", lambda: tmp_path / "nobody")
    monkeypatch.setattr(packages, "ensure_maven", lambda: None)
    monkeypatch.setattr(opensearch_archive, "run", lambda *_, **__: None)
    with pytest.raises(StackError, match="not the one that is known"):
        opensearch_archive._archive()


def test_a_server_that_is_not_there_does_not_answer(tmp_path):
    server = opensearch.Server(tmp_path, "512m")
    assert (server.answers(), server.stop(), server.url) == (False, False, "http://127.0.0.1:0")


def test_it_is_private_only_where_nobody_named_or_refused_one(monkeypatch):
    for name in ("OPENSEARCH", "OPENSEARCH_URL"):
        monkeypatch.delenv(name, raising=False)
    assert opensearch.is_private()
    monkeypatch.setenv("OPENSEARCH", "off")
    assert not opensearch.is_private()
    assert opensearch.describe() == "off"
    monkeypatch.setenv("OPENSEARCH_URL", "http://search.example:9200")
    assert opensearch.describe() == "named by the environment"
