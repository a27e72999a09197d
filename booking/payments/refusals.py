"""Why a payment or a notification is refused: a code each. Pure."""

from __future__ import annotations

from config.errors import CodedError, RetryableError


class ProviderAway(RetryableError):
    """It has not answered within three seconds, or too many are asking it. Send the same request again, with its key.

    Nothing is done twice. It is asked further meanwhile: `GET …/payment` tells `checkout_url` once there is one.
    """

    code = "payment_provider_unavailable"
    title = "The payment provider does not answer"


class PaymentNotPossible(CodedError):
    """The provider will not take this payment, or it was closed just now. A new Idempotency-Key begins another try."""

    code = "payment_not_possible"
    status = 409
    title = "The payment cannot be made"


class NotificationForged(CodedError):
    """A notification must be signed by its provider, within five minutes, and in its form. Nothing is kept."""

    code = "notification_refused"
    status = 400
    title = "The notification is not the provider's"
