"""docs/hours.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from listings import hours, hours_text
from listings.hours_text import parse_hours

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "hours.md").read_text()
WRITABLE = re.findall(r"`((?:[^`])+)`", PAGE.split("## What can be written")[1].split("Anything else is refused")[0])


@pytest.mark.parametrize("example", WRITABLE)
def test_every_example_can_be_written(example):
    written = example.replace("\\|", "|")
    assert parse_hours(written).text == written


def test_the_limits_are_those_of_the_code():
    limits = PAGE.split("## Limits")[1].split("## Where")[0]
    assert f"| text | {hours_text.TEXT_LIMIT_CHARACTERS} characters |" in limits
    assert f"| one window of intervals | {hours.WINDOW_LIMIT_DAYS} days |" in limits
    assert f"| years | {hours.FIRST_YEAR} to {hours.LAST_YEAR} |" in limits
