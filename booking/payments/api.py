"""Payments under /v1/: begin one, see how it goes, and the addresses to which providers send notifications."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from booking.api import ID
from booking.credentials import CustomerView, own_booking
from booking.idempotency import Answer, keep_answer, kept_answer
from booking.payments.gateways import gateway_of
from booking.payments.models import Payment
from booking.payments.opening import open_soon
from booking.payments.ports import NotificationRefused
from booking.payments.presentation import payment_data
from booking.payments.refusals import NotificationForged, PaymentNotPossible, ProviderAway
from booking.payments.schema import PaymentShape, ReceivedShape
from booking.payments.services import hear, start_payment
from booking.schema import KEY, TOKEN, EmptyRequest
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.problems import BodyTooLarge
from config.api.throttling import ReadThrottle, WebhookThrottle, WriteThrottle
from config.errors import NotFound

MAX_NOTIFICATION_BYTES = 64 * 1024
OPERATION = "payment"


class BookingPayment(CustomerView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [WriteThrottle() if self.request.method == "POST" else ReadThrottle()]

    @extend_schema(
        operation_id="payment_begin",
        summary="Begin to pay; the customer goes to `checkout_url`.",
        tags=["booking"],
        parameters=[ID, KEY, TOKEN],
        request=EmptyRequest,
        responses={201: PaymentShape},
    )
    def post(self, request: Request, id: str) -> HttpResponse:  # noqa: A002 - the name in the path
        """The provider is called between two transactions, so this cannot be one of `idempotent`'s.

        What comes before the answer is kept may be done again: a booking has one live payment, and the provider knows
        it by a key made of its id.
        """
        read_query(request, known=())
        read_object(request.data, known=())
        booking = own_booking(request, id)
        if (kept := kept_answer(request, OPERATION)) is not None:
            return kept
        payment = start_payment(booking_id=booking.id)
        now = timezone.now()
        if payment.state == Payment.State.CREATED:
            payment = open_soon(payment, now=now)
        if payment.state == Payment.State.CREATED:
            raise ProviderAway(retry_after_seconds=2)
        shown = payment_data(payment, now=now)
        if shown["checkout_url"] is None:
            raise PaymentNotPossible(f"The payment is {payment.state}.", state=str(payment.state))
        return keep_answer(request, OPERATION, Answer(201, shown))

    @extend_schema(
        operation_id="payment",
        summary="How the booking's last payment goes.",
        tags=["booking"],
        parameters=[ID, TOKEN],
        responses={200: PaymentShape},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        read_query(request, known=())
        booking = own_booking(request, id)
        payment = booking.payments.prefetch_related("refunds").order_by("-created_at").first()
        if payment is None:
            raise NotFound("No payment was begun for this booking.")
        return Response(payment_data(payment, now=timezone.now()), headers={"Cache-Control": "private, no-store"})


class Webhook(APIView):
    throttle_classes = (WebhookThrottle,)

    @extend_schema(
        operation_id="payment_webhook",
        summary="Where a payment provider sends its signed notifications.",
        tags=["booking"],
        parameters=[OpenApiParameter("provider", str, OpenApiParameter.PATH, description="`simulator` or `stripe`.")],
        request=OpenApiTypes.OBJECT,
        responses={200: ReceivedShape},
    )
    def post(self, request: Request, provider: str) -> Response:
        read_query(request, known=())
        try:
            gateway = gateway_of(provider)
        except KeyError:
            raise NotFound("There is no such provider here.") from None
        body = request._request.read(MAX_NOTIFICATION_BYTES + 1)  # as it was signed
        if len(body) > MAX_NOTIFICATION_BYTES:
            raise BodyTooLarge(f"A notification may have {MAX_NOTIFICATION_BYTES} bytes.", limit=MAX_NOTIFICATION_BYTES)
        now = timezone.now()
        try:
            told = gateway.read_notification(body, request.headers, now=now)
        except NotificationRefused as refused:
            raise NotificationForged(str(refused)) from refused
        hear(provider=gateway.name, told=told, now=now)
        return Response({"received": True})
