"""Why a hold or a booking is refused: a code each. Pure."""

from __future__ import annotations

from config.errors import CodedError, RateLimited


class SlotFull(CodedError):
    """Others hold or have booked it. `retry_at`: when the first of the holds lapses; left out where all is booked."""

    code = "slot_full"
    status = 409
    title = "There is no room left at this time"


class SlotUnavailable(CodedError):
    """The service does not start then, is too near or too far off, its deal is not good, or its branch is nowhere."""

    code = "slot_unavailable"
    status = 409
    title = "This time cannot be booked"


class SoldOut(CodedError):
    """The deal's stock is used up by bookings and holds."""

    code = "sold_out"
    status = 409
    title = "The deal is sold out"


class DeliveriesFull(CodedError):
    """The place has as many deliveries to bring as it takes on at a time. `retry_at`, where it is told: when the oldest
    of them stops counting, at the latest.
    """

    code = "deliveries_full"
    status = 409
    title = "The place takes on no more deliveries now"


class CustomerCapReached(CodedError):
    """The deal may be bought so often by one customer. `limit` says how often."""

    code = "customer_cap_reached"
    status = 409
    title = "You have bought this deal as often as it allows"


class NewCustomersOnly(CodedError):
    """The deal is for those who have not booked with this merchant before."""

    code = "new_customers_only"
    status = 409
    title = "This deal is for new customers"


class DealUnavailable(CodedError):
    """The deal is not live, not good at this place, or its time is over."""

    code = "deal_unavailable"
    status = 409
    title = "The deal cannot be bought now"


class OutsideArea(CodedError):
    """The address is further away than this service goes, or in no published area of the place that holds then."""

    code = "outside_area"
    status = 409
    title = "The address is outside the service area"


class BelowMinimum(CodedError):
    """The price does not reach the minimum order of the address: `limit`, in minor units of `currency`."""

    code = "below_minimum"
    status = 409
    title = "The minimum order is not reached"


class TooManyHolds(RateLimited):
    """The customer, device or network holds as much as it may, in all or of one thing: `limit`. Release or wait."""

    code = "too_many_holds"
    status = 429
    title = "Too many places are held"


class TooManyFreeBookings(RateLimited):
    """The contact or the network has as many bookings to come that cost nothing as it may: `limit`. Cancel one."""

    code = "too_many_free_bookings"
    status = 429
    title = "Too many bookings that cost nothing"


class BookingState(CodedError):
    """The booking is not in a state that this step begins in. `state` says which it is in."""

    code = "booking_state"
    status = 409
    title = "The booking cannot take this step now"


class HoldExpired(CodedError):
    """The hold was not used in time, and what it held is free for others."""

    code = "hold_expired"
    status = 410
    title = "The hold has expired"


class ExtendedAlready(CodedError):
    """A hold can be extended once."""

    code = "hold_extended_already"
    status = 409
    title = "The hold was extended already"
