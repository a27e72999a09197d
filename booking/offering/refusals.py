"""Why a change of what can be booked is refused: a code each. Pure."""

from __future__ import annotations

from config.errors import CodedError


class ServiceChanged(CodedError):
    """Somebody else wrote to the service since you read it. `etag` is its tag now: read it again."""

    code = "service_changed"
    status = 412
    title = "The service has changed since you read it"


class TooManyServices(CodedError):
    """The branch has `limit` services already, those that are offered no more among them."""

    code = "too_many_services"
    status = 409
    title = "The branch has as many services as it can have"


class ResourceChanged(CodedError):
    """Somebody else wrote to the resource since you read it. `etag` is its tag now."""

    code = "resource_changed"
    status = 412
    title = "The resource has changed since you read it"


class ResourceInUse(CodedError):
    """Bookings to come have it, or it is the only one of a service. `total` and some `booking_ids` or `service_ids`."""

    code = "resource_in_use"
    status = 409
    title = "The resource is in use"


class StockBelowTaken(CodedError):
    """Bookings and holds have more of the deal than the stock would be: `taken`. So much is the least."""

    code = "stock_below_taken"
    status = 409
    title = "More of the deal is taken"


class LimitsChanged(CodedError):
    """Somebody else wrote to the stock or the cap of the deal since you read them. `etag` is their tag now."""

    code = "limits_changed"
    status = 412
    title = "The limits have changed since you read them"


class TooManyResources(CodedError):
    """The branch has `limit` resources already."""

    code = "too_many_resources"
    status = 409
    title = "The branch has as many resources as it can have"
