"""What may be asked lies within what is laid out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from indexing.horizon import DAY_MINUTES, MARGIN_DAYS, STEP_DAYS, window_minutes
from search import api

HORIZON_DAYS = 14
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("phase", range(STEP_DAYS))
def test_open_at_stays_inside_the_window_until_the_refresh_of_the_day_it_moves(settings, phase):
    """A document is at worst as old as its window, and its refresh comes some time after midnight UTC."""
    settings.OPENING_HORIZON_DAYS = HORIZON_DAYS
    branch_id = UUID(int=phase)
    for hours in range(24 * STEP_DAYS):
        built = MIDNIGHT + timedelta(hours=hours)
        start, end = window_minutes(branch_id, now=built, horizon_days=HORIZON_DAYS)
        moves = start + STEP_DAYS * DAY_MINUTES
        last_asked = moves + DAY_MINUTES - 1 + api.open_at_days() * DAY_MINUTES
        assert last_asked < end


def test_the_margin_is_one_on_both_sides():
    assert api.HORIZON_MARGIN_DAYS == MARGIN_DAYS
