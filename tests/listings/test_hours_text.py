"""What is read as opening hours, and what is refused and how."""

from __future__ import annotations

import pytest

from config.errors import InvalidParameter
from listings.hours_text import TEXT_LIMIT_CHARACTERS, parse_hours


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "Opening hours are empty; leave them out where they are not known."),
        (" \t\n ", "Opening hours are empty; leave them out where they are not known."),
        ("Mo-Fr 10:00-18:00\x00", "Opening hours contain a control character."),
        ("Mo-Fr \ud800", "Opening hours contain a control character."),
        ("Mo-Fr \u202e10:00-18:00", "Opening hours contain a control character."),
        (
            "Mo-Sa 08:30-22:00; Su,Ph 08:30-20:00",
            "Opening hours are not in OpenStreetMap opening_hours syntax at character 23, near “Ph 08:30-20:00”.",
        ),
        (
            "Mo-Fr 10:00-18:00;",
            "Opening hours are not in OpenStreetMap opening_hours syntax at character 19, where the text ends.",
        ),
        (
            "nach Vereinbarung",
            "Opening hours are not in OpenStreetMap opening_hours syntax at character 1, near “nach Vereinbarung”.",
        ),
        (
            "Mo 26:00-28:00",
            "Opening hours are not in OpenStreetMap opening_hours syntax at character 4, near “26:00-28:00”.",
        ),
    ],
)
def test_refuses_with_the_reason_and_the_place(text, detail):
    with pytest.raises(InvalidParameter) as refusal:
        parse_hours(text, parameter="row 7: hours")
    assert (refusal.value.parameter, refusal.value.detail) == ("row 7: hours", detail)


def test_refuses_what_is_longer_than_the_limit_and_says_the_limit():
    longest = "24/7; " * 84 + "24/7 " + "off"
    assert len(longest) == TEXT_LIMIT_CHARACTERS
    assert parse_hours(longest).text == longest
    with pytest.raises(InvalidParameter) as refusal:
        parse_hours(longest + " ")
    assert refusal.value.limit == TEXT_LIMIT_CHARACTERS
    assert refusal.value.detail == "Opening hours may have 512 characters, these have 513."


def test_keeps_the_text_as_written_but_for_blanks():
    assert parse_hours("  Mo-Fr 10:00-18:00;\n Sa\u00a010:00-14:00 ").text == "Mo-Fr 10:00-18:00; Sa 10:00-14:00"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ('"by appointment"', 'unknown "by appointment"'),
        ('Mo 10:00-12:00 || "call"', 'Mo 10:00-12:00 || unknown "call"'),
        ('Mo 10:00-12:00 open "ring; twice"', 'Mo 10:00-12:00 open "ring; twice"'),
        ('Mo 10:00-12:00"ring"', 'Mo 10:00-12:00 unknown "ring"'),
        ('Mo closed "rest", Tu off "too"', 'Mo closed "rest", Tu off "too"'),
    ],
)
def test_a_bare_comment_is_marked_unknown(text, own):
    assert parse_hours(text).own == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Su, PH off", "Su,PH off"),
        ("Mo, We-Fr 15:00-24:00; Sa, Su, PH 11:00-24:00", "Mo,We-Fr 15:00-24:00; Sa,Su,PH 11:00-24:00"),
        ("Mo , We 10:00-12:00 , 14:00-16:00", "Mo,We 10:00-12:00, 14:00-16:00"),
        ("Mo-Fr 10:00-12:00, Sa, Su 10:00-11:00", "Mo-Fr 10:00-12:00, Sa,Su 10:00-11:00"),
        ("Dec 24, Dec 31 off", "Dec 24,Dec 31 off"),
        ("easter, Dec 25 off", "easter,Dec 25 off"),
        ('Mo unknown "a, b", Tu, We 10:00-12:00', 'Mo unknown "a, b", Tu,We 10:00-12:00'),
        ("24/7, Su off", "24/7, Su off"),
        ("Mo off, Tu 10:00-12:00", "Mo off, Tu 10:00-12:00"),
        ("10:00-sunset, Su 11:00-12:00", "10:00-sunset, Su 11:00-12:00"),
    ],
)
def test_days_divided_by_a_comma_and_a_blank_are_one_list(text, own):
    assert parse_hours(text).own == own


@pytest.mark.parametrize("text", ["PH, Dec 24 off", "Dec 24, PH off", "Apr-Oct, Mo 10:00-12:00"])
def test_refuses_days_of_different_kinds_in_one_list(text):
    with pytest.raises(InvalidParameter) as refusal:
        parse_hours(text)
    assert refusal.value.detail == (
        "Opening hours name days of different kinds without times between them; give each its own times."
    )


@pytest.mark.parametrize(
    ("text", "own", "after_midnight"),
    [
        ("Mo-Fr 10:00-18:00", "Mo-Fr 10:00-18:00", None),
        ("10:00-24:00", "10:00-24:00", None),
        ("10:00-00:00", "10:00-00:00", None),
        ("00:00-00:00", "00:00-00:00", None),
        ("22:00-02:00", "22:00-24:00", "00:00-02:00"),
        ("22:00-26:00", "22:00-24:00", "00:00-02:00"),
        ("10:00-10:00", "10:00-24:00", "00:00-10:00"),
        ("Fr 9:00-1:30+; Su off", "Fr 9:00-24:00; Su off", "Fr 00:00-01:30; Su off"),
        ("Fr 18:00+; Sa 18:00-03:00", "Fr 18:00+; Sa 18:00-24:00", "Fr 23:59-24:00; Sa 00:00-03:00"),
        ("Fr 20:00-02:00 || 10:00-12:00 unknown", "Fr 20:00-24:00 || 10:00-12:00 unknown",
         "Fr 00:00-02:00 || 23:59-24:00 unknown"),
        ('Sa 20:00-02:00 open "not 22:00-03:00"', 'Sa 20:00-24:00 open "not 22:00-03:00"',
         'Sa 00:00-02:00 open "not 22:00-03:00"'),
        ("sunset-02:00", "sunset-02:00", None),
        ("Mo-Th 10:00-sunset; Fr 22:00-02:00", "Mo-Th 10:00-sunset; Fr 22:00-02:00", None),
        ("Mo-Th sunrise-sunset; Fr 22:00-02:00", "Mo-Th sunrise-sunset; Fr 22:00-02:00", None),
        ("Mo 10:00-16:00/02:00; Fr 22:00-02:00", "Mo 10:00-16:00/02:00; Fr 22:00-02:00", None),
        ("Mo 22:00-02:00/00:30", "Mo 22:00-02:00/00:30", None),
    ],
)  # fmt: skip
def test_sessions_are_split_at_midnight(text, own, after_midnight):
    hours = parse_hours(text)
    assert (hours.own, hours.after_midnight) == (own, after_midnight)
