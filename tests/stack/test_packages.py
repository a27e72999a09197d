"""What is missing is named, and the newest usable PostGIS is found among a release's packages."""

from __future__ import annotations

import pytest

from stack import packages
from stack.errors import StackError


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["postgresql-15-postgis-3", "postgresql-15-postgis-3-scripts"], "postgresql-15-postgis-3"),
        (["postgresql-9.6-postgis-3", "postgresql-17-postgis-3", "postgresql-16-postgis-3"], "postgresql-17-postgis-3"),
        (["postgresql-14-postgis-3"], None),  # Ubuntu 22.04
        ([], None),
    ],
)
def test_the_newest_postgis_that_is_new_enough(names, found):
    assert packages.newest_postgis(names) == found


def _need(package):
    return packages.Need("a thing", lambda: False, lambda: package)


def test_without_root_the_command_to_run_is_named(monkeypatch):
    monkeypatch.setattr(packages, "NEEDS", (_need("thing"), _need("other")))
    monkeypatch.setattr(packages, "_as_root", lambda: None)
    monkeypatch.setattr(packages.shutil, "which", lambda _name: "/usr/bin/apt-get")
    with pytest.raises(StackError, match="apt-get install thing other"):
        packages.ensure()


def test_where_there_is_no_apt_the_things_are_named(monkeypatch):
    monkeypatch.setattr(packages, "NEEDS", (_need("thing"), _need("other")))
    monkeypatch.setattr(packages.shutil, "which", lambda _name: None)
    with pytest.raises(StackError, match="a thing") as refused:
        packages.ensure()
    assert "DATABASE_URL" in str(refused.value)


def test_a_server_named_by_the_environment_needs_no_package(monkeypatch):
    monkeypatch.setattr(packages, "NEEDS", (_need("postgresql"), _need("redis-server")))
    packages.ensure(database=False, broker=False)
