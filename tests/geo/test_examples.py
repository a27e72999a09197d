"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import geo


def test_every_example_in_geo_holds():
    modules = [importlib.import_module(f"geo.{found.name}") for found in pkgutil.iter_modules(geo.__path__)]
    results = [doctest.testmod(module) for module in modules]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) >= 10
