"""What a merchant may say of a service, and how it is refused: the field and the limit, quickly."""

from __future__ import annotations

import pytest

from booking.offering.facts import DEFAULTS, PARSERS, parse_changes, parse_day, parse_new
from config.errors import InvalidParameter, UnknownParameter

LEAST = {"name": "Haircut", "duration_minutes": 45, "price_minor": 3500, "currency": "EUR"}


def test_a_new_service_says_little_and_has_defaults():
    assert parse_new(LEAST) == {**DEFAULTS, **LEAST}


def test_what_is_given_is_kept_in_one_form():
    given = {
        "names": {"ZH-hans": " 理发 "},
        "weekly": [[2, 540, 1020], [1, 1320, 1560], [1, 540, 1020]],
        "exceptions": {"2026-12-25": [], "2026-12-24": [[780, 900], [540, 720]]},
        "cancellation": [[120, 50], [1440, 100]],
        "resource_ids": [3, 1],
    }
    assert parse_changes(given) == {
        "names": {"zh-Hans": "理发"},
        "weekly": [[1, 540, 1020], [1, 1320, 1560], [2, 540, 1020]],
        "exceptions": {"2026-12-24": [[540, 720], [780, 900]], "2026-12-25": []},
        "cancellation": [[1440, 100], [120, 50]],
        "resource_ids": [1, 3],
    }


def test_every_fact_but_two_has_a_default():
    assert set(PARSERS) - set(DEFAULTS) == {"name", "duration_minutes"}


@pytest.mark.parametrize("missing", ["name", "duration_minutes"])
def test_what_is_required_is_missed(missing):
    with pytest.raises(InvalidParameter) as refused:
        parse_new({name: value for name, value in LEAST.items() if name != missing})
    assert refused.value.parameter == missing


@pytest.mark.parametrize("unknown", ["commission_bps", "branch_id", "generated", "id", "durationMinutes"])
def test_what_a_merchant_cannot_say_is_unknown(unknown):
    with pytest.raises(UnknownParameter) as refused:
        parse_changes({unknown: 1})
    assert (refused.value.parameter, refused.value.members["known"]) == (unknown, sorted(PARSERS))


WHOLE = {
    "price_minor": (0, 100_000_000),
    "duration_minutes": (1, 1440),
    "step_minutes": (5, 1440),
    "buffer_before_minutes": (0, 720),
    "buffer_after_minutes": (0, 720),
    "travel_minutes": (0, 720),
    "travel_radius_metres": (1, 500_000),
    "lead_minutes": (0, 129_600),
    "horizon_days": (1, 365),
    "hold_seconds": (120, 1800),
    "capacity": (1, 10_000),
    "party_min": (1, 100),
    "party_max": (1, 100),
    "deposit_percent": (0, 100),
    "no_show_fee_percent": (0, 100),
}
OPTIONAL = {"price_minor", "travel_radius_metres", "hold_seconds"}


@pytest.mark.parametrize("name", WHOLE)
def test_a_number_is_whole_and_within_its_limits(name):
    low, high = WHOLE[name]
    assert [parse_changes({name: value}) for value in (low, high)] == [{name: low}, {name: high}]
    wrong = [low - 1, high + 1, 2**63, float(low), float("nan"), True, str(low), [low], {}]
    for value in [*wrong, *([] if name in OPTIONAL else [None])]:
        with pytest.raises(InvalidParameter) as refused:
            parse_changes({name: value})
        assert (refused.value.parameter, refused.value.limit) == (name, f"{low}..{high}")


DEEP: list = []
for _ in range(30):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("given", "parameter", "limit"),
    [
        ({"name": ""}, "name", None),
        ({"name": "a" * 201}, "name", 200),
        ({"name": "a" * 250_000}, "name", 200),
        ({"name": "a\u202eb"}, "name", None),
        ({"name": None}, "name", 200),
        ({"name": ["a"]}, "name", 200),
        ({"names": {"english": "a"}}, "names", None),
        ({"names": {"en": 1}}, "names", None),
        ({"names": ["en"]}, "names", None),
        ({"names": {f"a{a}{b}": "x" for a in "abcdefg" for b in "abcdefg"}}, "names", 40),
        ({"names": {"en": "a" * 201}}, "names.en", 200),
        ({"is_offered": 1}, "is_offered", None),
        ({"is_offered": "true"}, "is_offered", None),
        ({"mode": "delivery"}, "mode", None),
        ({"mode": []}, "mode", None),
        ({"deal_id": 7}, "deal_id", None),
        ({"deal_id": "7"}, "deal_id", None),
        ({"currency": "euro"}, "currency", None),
        ({"currency": "EUR\n"}, "currency", None),
        ({"discount_funder": "platform"}, "discount_funder", None),
        ({"discount_funder": "you"}, "discount_funder", None),
        ({"weekly": {}}, "weekly", 42),
        ({"weekly": [[1, 0, 60]] * 43}, "weekly", 42),
        ({"weekly": [[1, 0, 60]] * 30_000}, "weekly", 42),
        ({"weekly": [[8, 0, 60]]}, "weekly", "1..7"),
        ({"weekly": [[1, 0]]}, "weekly[0]", None),
        ({"weekly": [[1, 0, 60], [2, 0.5, 60]]}, "weekly[1]", None),
        ({"weekly": [[1, True, 60]]}, "weekly[0]", None),
        ({"weekly": DEEP}, "weekly[0]", None),
        ({"weekly": [[1, 60, 60]]}, "weekly", "0..1439, then at most a day more"),
        ({"weekly": [[1, -1, 60]]}, "weekly", "0..1439, then at most a day more"),
        ({"weekly": [[1, 1440, 1500]]}, "weekly", "0..1439, then at most a day more"),
        ({"weekly": [[1, 600, 2041]]}, "weekly", "0..1439, then at most a day more"),
        ({"weekly": [[1, 0, 60], [1, 59, 90]]}, "weekly", None),
        ({"weekly": [[1, 0, 60], [1, 0, 60]]}, "weekly", None),
        ({"weekly": [[1, 1380, 1600], [2, 0, 60]]}, "weekly", None),
        ({"weekly": [[7, 1380, 1600], [1, 0, 60]]}, "weekly", None),
        ({"exceptions": []}, "exceptions", None),
        ({"exceptions": {f"20{year}-0{month}-{day}": [] for year in (26, 27) for month in range(1, 8)
                         for day in range(10, 38)}}, "exceptions", 366),
        ({"exceptions": {"24.12.2026": []}}, "exceptions", None),
        ({"exceptions": {"20261224": []}}, "exceptions", None),
        ({"exceptions": {"2026-02-30": []}}, "exceptions", None),
        ({"exceptions": {"1999-12-31": []}}, "exceptions", "2020..2075"),
        ({"exceptions": {"2026-12-24": None}}, "exceptions.2026-12-24", 12),
        ({"exceptions": {"2026-12-24": [[n, n + 1] for n in range(13)]}}, "exceptions.2026-12-24", 12),
        ({"exceptions": {"2026-12-24": [[60, 30]]}}, "exceptions.2026-12-24[0]", "0..1439, then at most a day more"),
        ({"exceptions": {"2026-12-24": [[0, 60], [30, 90]]}}, "exceptions.2026-12-24", None),
        ({"cancellation": [[n, 0] for n in range(7)]}, "cancellation", 6),
        ({"cancellation": [[60, 101]]}, "cancellation", "0..129600 minutes, 0..100 percent"),
        ({"cancellation": [[129_601, 100]]}, "cancellation", "0..129600 minutes, 0..100 percent"),
        ({"cancellation": [[120, 100], [1440, 50]]}, "cancellation", None),
        ({"cancellation": [["60", 50]]}, "cancellation[0]", None),
        ({"cancellation": None}, "cancellation", 6),
        ({"resource_ids": list(range(1, 202))}, "resource_ids", 200),
        ({"resource_ids": [0]}, "resource_ids[0]", None),
        ({"resource_ids": [1, 10**15]}, "resource_ids[1]", None),
        ({"resource_ids": ["1"]}, "resource_ids[0]", None),
        ({"resource_ids": [1, 1]}, "resource_ids", None),
        ([], "body", None),
        ("[" * 30, "body", None),
    ],
)  # fmt: skip
def test_what_is_refused_names_its_field_and_limit(given, parameter, limit):
    with pytest.raises(InvalidParameter) as refused:
        parse_changes(given)
    assert (refused.value.parameter, refused.value.limit) == (parameter, limit)


@pytest.mark.parametrize(
    ("given", "parameter", "limit"),
    [
        ({"price_minor": None}, "price_minor", None),
        ({"currency": None}, "price_minor", None),
        ({"deal_id": "5f0c5c7e-0000-4000-8000-000000000000"}, "price_minor", None),
        ({"travel_minutes": 10}, "travel_minutes", None),
        ({"travel_radius_metres": 10}, "travel_radius_metres", None),
        ({"party_min": 3, "party_max": 2}, "party_max", 3),
        ({"party_min": 3, "party_max": 4, "counts_people": True, "capacity": 2}, "party_min", 2),
        ({"lead_minutes": 1440, "horizon_days": 1}, "lead_minutes", 1440),
    ],
)
def test_what_contradicts_itself_is_refused(given, parameter, limit):
    with pytest.raises(InvalidParameter) as refused:
        parse_new({**LEAST, **given})
    assert (refused.value.parameter, refused.value.limit) == (parameter, limit)


@pytest.mark.parametrize("text", ["2026-12-24T00:00", "2026-W52-4", "２０２６-12-24", "", None, 20261224])
def test_a_day_is_written_in_one_way(text):
    with pytest.raises(InvalidParameter):
        parse_day(text, "date")
    assert parse_day("2026-12-24", "date").isoformat() == "2026-12-24"
