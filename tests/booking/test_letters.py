"""Letters: owed with the step, sent once, in the reader's language, with a calendar file and a link that opens."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from booking.contacts import Contact
from booking.holds import Holder, Wanted, hold
from booking.letters.calendar import Appointment, calendar_file
from booking.letters.models import Letter
from booking.letters.sending import RETRY_MINUTES, send_due
from booking.letters.texts import BODIES, SUBJECTS
from booking.letters.triggers import TOLD
from booking.models import Booking
from booking.payments.models import Payment
from booking.services import book, cancel_booking, settle_paid
from booking.taking import reclaim
from booking.upkeep import sweep_lapsed
from config.failpoints import FailPointReached, action_of, arm
from geo.types import Point
from tests.booking.payments.world import opened, pays, settle_down, simulator
from tests.booking.world import AINO, booked, held, lapse, paid, start_in
from tests.factories import ServiceFactory


def test_every_letter_has_words_in_every_language():
    for language in ("en", "zh-Hans"):
        assert set(SUBJECTS[language]) == set(BODIES[language]) == set(TOLD)


@pytest.mark.django_db
class TestSending:
    def test_a_confirmation_has_a_calendar_file_and_a_link_that_opens(self, client):
        booking = paid(ServiceFactory(name="Cut; wash"))
        assert send_due(now=timezone.now()) == 1
        (message,) = mail.outbox
        assert message.to == ["aino@example.com"]
        assert message.subject == "Booked: Cut; wash"
        name, content, kind = message.attachments[0]
        assert (name, kind) == ("booking.ics", "text/calendar")
        assert f"DTSTART:{booking.starts_at:%Y%m%dT%H%M%SZ}" in content
        assert message.body.endswith("also without this letter:\nhttp://127.0.0.1:8000/bookings\n")
        token = re.search(rf"/bookings/{booking.id}#token=([\w-]+)", message.body)[1]
        answer = client.get(f"/v1/bookings/{booking.id}", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["state"] == "confirmed"
        other = paid(ServiceFactory())
        assert client.get(f"/v1/bookings/{other.id}", headers={"Authorization": f"Bearer {token}"}).status_code == 404

    def test_each_is_sent_once(self):
        paid(ServiceFactory())
        send_due(now=timezone.now())
        assert send_due(now=timezone.now() + timedelta(days=3)) == 0
        assert len(mail.outbox) == 1

    def test_it_speaks_the_readers_language(self):
        paid(ServiceFactory(), contact=Contact(name="王", email="wang@example.com", language="zh-CN"))
        send_due(now=timezone.now())
        assert mail.outbox[0].subject.startswith("预订成功")
        assert "王,您好" in mail.outbox[0].body

    @pytest.mark.parametrize(
        ("language", "line"), [("en", "At your address: Katu 1 B 5. krs"), ("zh-CN", "您的地址:Katu 1 B 5. krs")]
    )
    def test_it_tells_at_which_address_a_visit_is(self, language, line):
        service = ServiceFactory(mode="at_home", deposit_percent=0)
        where = {"address": "Katu 1 B 5.krs", "destination": Point(24.94, 60.17)}
        wanted = Wanted(service_id=service.id, starts_at=start_in(), **where)
        made = hold(wanted=wanted, holder=Holder(), now=timezone.now()).booking
        contact = Contact(name="Aino", email="aino@example.com", language=language)
        book(booking_id=made.id, contact=contact, user_id=None, now=timezone.now())
        send_due(now=timezone.now())
        assert line in mail.outbox[0].body.splitlines()
        assert r"LOCATION:Katu 1 B 5. krs" in mail.outbox[0].attachments[0][1]

    def test_who_gave_no_address_is_sent_nothing(self):
        paid(ServiceFactory(), contact=Contact(name="Aino", phone="+358401234567"))
        assert Letter.objects.count() == 0

    def test_a_subject_holds_no_second_header(self):
        paid(ServiceFactory(name="Cut\r\nBcc: all@example.com"))
        send_due(now=timezone.now())
        assert "\n" not in mail.outbox[0].subject

    def test_money_that_came_too_late_is_told_and_its_return_too(self):
        payment = opened()
        pays(payment)

        def lose(verb, moment):
            if (verb, moment) == ("capture", "after"):
                cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())

        settle_down(gateways=lambda _name: simulator(fault=lose))
        send_due(now=timezone.now())
        assert [each.subject.split(":")[0] for each in mail.outbox] == [
            "Cancelled",
            "Not booked, your money goes back",
            "Refunded",
        ]
        assert "€20.00" in mail.outbox[1].body

    def test_money_that_was_let_go_for_the_place_was_lost_is_told(self):
        payment = opened()
        pays(payment)
        lapse(payment.booking)
        with transaction.atomic():
            reclaim(slot_id=payment.booking.slot_id, deal_id=None)
        settle_down()
        send_due(now=timezone.now())
        (message,) = mail.outbox
        assert message.subject.startswith("Not booked, nothing was taken:")
        assert "€20.00 were not taken" in message.body
        assert message.to == ["aino@example.com"]

    def test_a_checkout_that_nobody_finished_is_not_told(self):
        unfinished, over = opened(), opened()
        lapse(over.booking)
        with transaction.atomic():
            reclaim(slot_id=over.booking.slot_id, deal_id=None)
        settle_down(minutes=30)
        assert [Payment.objects.get(id=each.id).reason for each in (unfinished, over)] == [
            "not_paid_in_time",
            "booking_ended",
        ]
        assert Letter.objects.count() == 0

    def test_what_cannot_be_sent_is_tried_again_and_given_up_in_the_end(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = 1  # nobody listens there
        paid(ServiceFactory())
        now = timezone.now()
        for _ in range(len(RETRY_MINUTES) + 1):
            assert send_due(now=now) == 1
            now += timedelta(days=2)
        assert send_due(now=now) == 0
        assert (Letter.objects.get().sent_at, Letter.objects.get().send_at) == (None, None)

    def test_as_many_at_a_time_as_asked_for(self):
        for _ in range(3):
            paid(ServiceFactory())
        now = timezone.now()
        assert [send_due(now=now, limit=2) for _ in range(3)] == [2, 1, 0]

    def test_one_that_no_mail_can_be_addressed_to_stops_no_other(self, settings):
        settings.EMAIL_BACKEND = "tests.booking.envelopes.Addressing"
        bookings = [paid(ServiceFactory()) for _ in range(4)]
        Booking.objects.filter(id=bookings[0].id).update(email="a@b..com")  # as none is taken any more
        now = timezone.now()
        for _ in range(len(RETRY_MINUTES) + 1):
            send_due(now=now)
            now += timedelta(days=2)
        assert len(mail.outbox) == 3
        assert Letter.objects.filter(sent_at=None).values_list("booking_id", "send_at").get() == (bookings[0].id, None)

    def test_a_death_after_sending_sends_again_rather_than_never(self):
        paid(ServiceFactory())
        arm(action_of("after_letter_is_sent=raise"))
        try:
            with pytest.raises(FailPointReached):
                send_due(now=timezone.now())
        finally:
            arm(None)
        send_due(now=timezone.now() + timedelta(minutes=3))
        assert len(mail.outbox) == 2
        assert Letter.objects.get().sent_at is not None

    def test_what_awaits_payment_is_not_told(self):
        booked(ServiceFactory())
        assert Letter.objects.count() == 0


def test_a_calendar_file_is_folded_escaped_and_replaced_by_the_next():
    at = datetime(2026, 11, 25, 18, tzinfo=UTC)
    text = calendar_file(
        Appointment(
            booking_id=UUID(int=1), starts_at=at, ends_at=at + timedelta(hours=1), summary="理发" * 40 + "; a, b\nc",
            location="", url="http://x/", sequence=2, is_cancelled=True,
        ),
        now=at,
    )  # fmt: skip
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:" + "理发" * 40 + r"\; a\, b\nc" in unfolded
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2", "DTSTART:20261125T180000Z"} <= set(lines)


@pytest.mark.django_db
def test_the_calendar_file_is_for_who_has_the_token(client):
    mine = held(ServiceFactory())
    url = f"/v1/bookings/{mine.booking.id}/calendar"
    answer = client.get(url, headers={"Authorization": f"Bearer {mine.token}"})
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{mine.booking.id}@vicinity" in answer.content.decode()
    assert client.get(url, headers={"Authorization": "Bearer another"}).status_code == 404
    assert client.get(url).status_code == 401


@pytest.mark.django_db
def test_the_calendar_file_says_how_sure_the_booking_is(client):
    mine = held(ServiceFactory(cancellation=[[0, 100]]))
    booking_id = mine.booking.id

    def told() -> tuple[int, list[str]]:
        url = f"/v1/bookings/{booking_id}/calendar"
        answer = client.get(url, headers={"Authorization": f"Bearer {mine.token}"})
        return answer.status_code, re.findall(r"STATUS:(\w+)", answer.content.decode())

    assert told() == (200, ["TENTATIVE"])
    book(booking_id=booking_id, contact=AINO, user_id=None, now=timezone.now())
    assert told() == (200, ["TENTATIVE"])
    settle_paid(booking_id=booking_id, amount_minor=2000, currency="EUR", now=timezone.now())
    assert told() == (200, ["CONFIRMED"])
    cancel_booking(booking_id=booking_id, by="customer", now=timezone.now())
    assert told() == (200, ["CANCELLED"])
    mine = held(ServiceFactory())
    booking_id = mine.booking.id
    lapse(mine.booking)
    assert told() == (404, [])
    sweep_lapsed()
    assert told() == (404, [])
