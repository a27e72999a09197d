"""The hosted page of the simulated provider: an amount, a card, and what the bank asks. No script, nothing kept."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from booking.payments.ports import ProviderRefused
from booking.payments.simulator import books
from booking.payments.simulator.cards import CARDS, Script, script_of
from booking.payments.simulator.models import SimulatedCharge
from booking.payments.simulator.texts import texts_in
from config.api.problems import MethodNotAllowed
from config.errors import InvalidParameter, NotFound
from config.languages import accepted_languages
from config.money import money

State = SimulatedCharge.State
_BABEL = {"en": "en", "zh-Hans": "zh_Hans"}
_SHORT = {Script.APPROVE: "approve_card", Script.INSUFFICIENT_FUNDS: "insufficient_funds_card"}


def pay_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the page, or do what its form says and send the customer back. NotFound without the charge's token."""
    if request.method not in {"GET", "HEAD", "POST"}:
        raise MethodNotAllowed(f"{request.method} is not allowed here.", allowed=["GET", "HEAD", "POST"])
    charge = SimulatedCharge.objects.filter(reference=reference[:40]).first()
    if charge is None or not constant_time_compare(charge.token, request.GET.get("token", "")):
        raise NotFound("There is nothing to pay here.")
    said = ""
    if request.method == "POST":
        try:
            charge, said = _act(charge, request)
        except ProviderRefused:
            said = "not_payable"
            charge.refresh_from_db()
        if not said and charge.state in {State.AUTHORISED, State.CAPTURED}:
            return _uncached(HttpResponseRedirect(charge.return_url, status=HTTPStatus.SEE_OTHER))
    return _uncached(_shown(request, charge, said))


def _act(charge: SimulatedCharge, request: HttpRequest) -> tuple[SimulatedCharge, str]:
    """(charge, the word for what went wrong)."""
    now = timezone.now()
    if answer := request.POST.get("challenge"):
        charge = books.answer_challenge(charge.reference, passes=answer == "approve", now=now)
        return charge, charge.decline_code
    try:
        script = script_of(request.POST.get("card_number", ""))
    except InvalidParameter:
        return charge, "unknown_card"
    charge = books.pay(charge.reference, script=script, now=now)
    return charge, charge.decline_code if charge.state == State.OPEN else ""


def _shown(request: HttpRequest, charge: SimulatedCharge, said: str) -> HttpResponse:
    accepted = accepted_languages(request.headers.get("Accept-Language", ""))
    tag, words = texts_in([*([charge.language] if charge.language else []), *accepted])
    is_over = charge.state == State.CANCELLED or (
        charge.state in {State.OPEN, State.CHALLENGED} and charge.expires_at <= timezone.now()
    )
    context = {
        "language": tag,
        "t": words,
        "charge": charge,
        "amount": money(charge.amount_minor, charge.currency, _BABEL[tag]),
        "said": words.get("not_payable" if is_over else said, ""),
        "asks": charge.state == State.CHALLENGED and not is_over,
        "is_payable": charge.state == State.OPEN and not is_over,
        "is_paid": charge.state in {State.AUTHORISED, State.CAPTURED},
        "cards": [(_grouped(number), words[_SHORT.get(script, script.value)]) for number, script in CARDS.items()],
    }
    return render(request, "payment_simulator/pay.html", context)


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
