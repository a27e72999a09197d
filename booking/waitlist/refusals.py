"""Why one is not put on the waitlist, or cannot leave it: a code each. Pure."""

from __future__ import annotations

from config.errors import CodedError, RateLimited


class PlaceFree(CodedError):
    """There is room in the window now: hold it. `starts_at` is the first start with room."""

    code = "place_free"
    status = 409
    title = "There is room: book it"


class WaitingAlready(CodedError):
    """The guest is on the list of this service for starts within the same window."""

    code = "waiting_already"
    status = 409
    title = "You are on this waitlist already"


class WaitlistFull(CodedError):
    """As many wait for this service as may: `limit`."""

    code = "waitlist_full"
    status = 409
    title = "The waitlist is full"


class TooManyWaiting(RateLimited):
    """The guest, the device or the network waits for as many places as it may: `limit`. Leave a list first."""

    code = "too_many_waiting"
    status = 429
    title = "On too many waitlists"


class WaitingState(CodedError):
    """The entry has become a booking: cancel that instead. `state` is the entry's."""

    code = "waiting_state"
    status = 409
    title = "The entry cannot take this step now"
