import gzip

import pytest

from listings.imports.opened import OpenLimits, open_bytes, sha256
from listings.imports.places import FileRefused


def test_gzip_is_known_by_content_and_unzipped(tmp_path):
    text = b"name,city\n" * 1000
    (tmp_path / "plain").write_bytes(text)
    (tmp_path / "zipped.csv").write_bytes(gzip.compress(text))
    for name in ("plain", "zipped.csv"):
        with open_bytes(tmp_path / name) as stream:
            assert stream.read() == text


def test_a_bomb_is_refused_while_it_unfolds(tmp_path):
    (tmp_path / "bomb").write_bytes(gzip.compress(b"\0" * 64 * 1024 * 1024))
    with open_bytes(tmp_path / "bomb") as stream, pytest.raises(FileRefused) as error:
        sum(len(block) for block in iter(lambda: stream.read(65536), b""))
    assert error.value.members["limit"] == 200


def test_a_file_beyond_the_limit_is_refused(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 2000)
    with open_bytes(tmp_path / "large", OpenLimits(total_bytes=1000)) as stream, pytest.raises(FileRefused) as error:
        stream.read()
    assert error.value.members["limit"] == 1000


def test_a_cut_off_gzip_is_refused(tmp_path):
    (tmp_path / "cut").write_bytes(gzip.compress(b"abc" * 100_000)[:-20])
    with open_bytes(tmp_path / "cut") as stream, pytest.raises(FileRefused):
        stream.read()


def test_the_hash_is_of_the_file_as_it_lies(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
