"""A Stripe of our own for tests: sockets, forms in, JSON out, keys, signed webhooks. It imports nothing of ours.

Written after Stripe's public API reference: Checkout Sessions over PaymentIntents with manual capture, refunds, errors,
idempotent requests. Unknown parameters are errors, as they are there.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

SECRET_KEY = "sk_test_fake"
WEBHOOK_SECRET = "whsec_fake"


class StripeAnswer(Exception):
    def __init__(self, status, kind, code, message):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message}}


def invalid(code, message):
    return StripeAnswer(400, "invalid_request_error", code, message)


class Stall:
    """A fault: whoever meets it waits until it ends. `met`: how many did."""

    def __init__(self):
        self.met = 0
        self._changed, self._is_over = threading.Condition(), threading.Event()

    def __call__(self):
        with self._changed:
            self.met += 1
            self._changed.notify_all()
        self._is_over.wait(120)

    def has(self, count):
        """Wait until so many have met it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.met >= count, 60), self.met

    def end(self):
        self._is_over.set()


class FakeStripe:
    """The state and the rules; `serve` puts it on a port. `faults` are (path pattern, what) taken once each.

    What: a word for how the answer fails, or a function that is called before the request is looked at.
    """

    def __init__(self):
        self.lock = threading.RLock()
        self.sessions, self.intents, self.refunds, self.keys = {}, {}, {}, {}
        self.events, self.faults, self.requests = [], [], []
        self.url = ""

    # What the customer and the person at the dashboard do.

    def pay(self, session_id, *, decline="", amount=None, currency=None):
        with self.lock:
            session = self.sessions[session_id]
            assert session["status"] == "open", session["status"]
            intent = self.intents.get(session["payment_intent"]) or self._intent_of(session)
            if decline:
                intent["last_payment_error"] = {"code": "card_declined", "decline_code": decline}
                self._event("payment_intent.payment_failed", intent)
                return
            intent.update(status="requires_capture", last_payment_error=None)
            intent["amount"] = amount or intent["amount"]
            intent["currency"] = currency or intent["currency"]
            session.update(status="complete", payment_status="unpaid", url=None)
            self._event("payment_intent.amount_capturable_updated", intent)
            self._event("checkout.session.completed", session)

    def expire(self, session_id):
        with self.lock:
            self.sessions[session_id].update(status="expired", url=None)
            self._event("checkout.session.expired", self.sessions[session_id])

    def let_authorisation_go(self, session_id):
        with self.lock:
            intent = self.intents[self.sessions[session_id]["payment_intent"]]
            intent["status"] = "canceled"
            self._event("payment_intent.canceled", intent)

    @staticmethod
    def signed(event, *, secret=WEBHOOK_SECRET, at=None):
        """(body, headers) of a webhook request."""
        body = json.dumps(event, separators=(",", ":")).encode()
        instant = int(at if at is not None else time.time())
        digest = hmac.new(secret.encode(), f"{instant}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"Stripe-Signature": f"t={instant},v1={digest}", "Content-Type": "application/json"}

    # The API.

    def answer(self, method, path, params, key):
        with self.lock:
            request = (method, path, json.dumps(params, sort_keys=True))
            if key and key in self.keys:
                known, status, body = self.keys[key]
                if known != request:
                    raise StripeAnswer(
                        400, "idempotency_error", None, "Keys can only be used with the same parameters."
                    )
                return status, body
            try:
                status, body = 200, self._route(method, path, params)
            except StripeAnswer as error:
                status, body = error.status, error.body
            if key:
                self.keys[key] = (request, status, json.loads(json.dumps(body)))
            return status, json.loads(json.dumps(body))

    def _route(self, method, path, params):
        expand = params.pop("expand", [])
        for verb, pattern, act in (
            ("POST", r"/v1/checkout/sessions", self._create_session),
            ("GET", r"/v1/checkout/sessions/(\w+)", self._get_session),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", self._expire_session),
            ("POST", r"/v1/payment_intents/(\w+)/capture", self._capture),
            ("POST", r"/v1/payment_intents/(\w+)/cancel", self._cancel),
            ("POST", r"/v1/refunds", self._refund),
            ("GET", r"/v1/refunds", self._list_refunds),
        ):
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                found = act(*match.groups(), params)
                if params:
                    raise invalid("parameter_unknown", f"Received unknown parameter: {next(iter(params))}")
                if "payment_intent" in expand:
                    found = {**found, "payment_intent": self.intents.get(found["payment_intent"])}
                return found
        raise StripeAnswer(404, "invalid_request_error", None, f"Unrecognized request URL ({method}: {path}).")

    def _create_session(self, params):
        items = params.pop("line_items")
        assert params.pop("mode") == "payment"
        expires_at = int(params.pop("expires_at"))
        if not 1800 <= expires_at - time.time() <= 86_400:
            raise invalid(None, "`expires_at` must be between 30 minutes and 24 hours from now.")
        price = items["0"]["price_data"]
        of_intent = params.pop("payment_intent_data")
        assert of_intent["capture_method"] == "manual"
        session_id = f"cs_test_{secrets.token_hex(12)}"
        session = {
            "id": session_id,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": int(price["unit_amount"]) * int(items["0"]["quantity"]),
            "currency": price["currency"],
            "client_reference_id": params.pop("client_reference_id"),
            "metadata": params.pop("metadata", {}),
            "payment_intent": None,
            "url": f"https://checkout.stripe.test/c/pay/{session_id}",
            "success_url": params.pop("success_url"),
            "cancel_url": params.pop("cancel_url"),
            "locale": params.pop("locale", "auto"),
            "expires_at": expires_at,
            "intent_metadata": of_intent.get("metadata", {}),
        }
        self.sessions[session_id] = session
        return session

    def _intent_of(self, session):
        intent_id = f"pi_{secrets.token_hex(12)}"
        session["payment_intent"] = intent_id
        self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "status": "requires_payment_method",
            "capture_method": "manual",
            "amount": session["amount_total"],
            "amount_received": 0,
            "currency": session["currency"],
            "metadata": session["intent_metadata"],
            "last_payment_error": None,
        }
        return self.intents[intent_id]

    def _get(self, things, thing_id):
        if thing_id not in things:
            raise StripeAnswer(404, "invalid_request_error", "resource_missing", f"No such object: {thing_id}")
        return things[thing_id]

    def _get_session(self, session_id, _params):
        return self._get(self.sessions, session_id)

    def _expire_session(self, session_id, _params):
        session = self._get(self.sessions, session_id)
        if session["status"] != "open":
            raise invalid(None, 'Only Checkout Sessions with a status in ["open"] can be expired.')
        session.update(status="expired", url=None)
        if session["payment_intent"]:
            self.intents[session["payment_intent"]]["status"] = "canceled"
        self._event("checkout.session.expired", session)
        return session

    def _capture(self, intent_id, params):
        intent = self._get(self.intents, intent_id)
        amount = int(params.pop("amount_to_capture", intent["amount"]))
        if intent["status"] != "requires_capture":
            raise invalid("payment_intent_unexpected_state", f"This PaymentIntent is {intent['status']}.")
        if amount > intent["amount"]:
            raise invalid("amount_too_large", "The amount to capture is greater than the authorised amount.")
        intent.update(status="succeeded", amount_received=amount)
        self._event("payment_intent.succeeded", intent)
        return intent

    def _cancel(self, intent_id, _params):
        intent = self._get(self.intents, intent_id)
        if intent["status"] in {"succeeded", "canceled"}:
            raise invalid("payment_intent_unexpected_state", f"This PaymentIntent is {intent['status']}.")
        intent["status"] = "canceled"
        self._event("payment_intent.canceled", intent)
        return intent

    def _refund(self, params):
        intent = self._get(self.intents, params.pop("payment_intent"))
        amount = int(params.pop("amount"))
        given = sum(
            each["amount"]
            for each in self.refunds.values()
            if each["payment_intent"] == intent["id"] and each["status"] != "failed"
        )
        if given + amount > intent["amount_received"]:
            raise invalid("charge_already_refunded", "Refund amount is greater than unrefunded amount on charge.")
        refund_id = f"re_{secrets.token_hex(12)}"
        self.refunds[refund_id] = {
            "id": refund_id,
            "object": "refund",
            "status": "succeeded",
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": params.pop("metadata", {}),
        }
        self._event("refund.created", self.refunds[refund_id])
        return self.refunds[refund_id]

    def _list_refunds(self, params):
        intent_id = params.pop("payment_intent")
        params.pop("limit", None)
        found = [each for each in self.refunds.values() if each["payment_intent"] == intent_id]
        return {"object": "list", "data": found[::-1], "has_more": False, "url": "/v1/refunds"}

    def _event(self, kind, thing):
        self.events.append(
            {
                "id": f"evt_{secrets.token_hex(12)}",
                "object": "event",
                "type": kind,
                "created": int(time.time()),
                "livemode": False,
                "data": {"object": json.loads(json.dumps(thing))},
            }
        )

    def take_fault(self, path):
        with self.lock:
            for index, (pattern, what) in enumerate(self.faults):
                if re.search(pattern, path):
                    del self.faults[index]
                    return what
        return None

    @contextmanager
    def served(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def unflattened(text):
    """{'a': {'b': 'x'}} of 'a[b]=x'; lists written `a[]` or `a[0]` of scalars become lists for `expand` alone."""
    found = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        parts = re.findall(r"[^\[\]]+", name)
        if parts[0] == "expand":
            found.setdefault("expand", []).append(value)
            continue
        inner = found
        for part in parts[:-1]:
            inner = inner.setdefault(part, {})
        inner[parts[-1]] = value
    return found


def _handler(stripe):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_GET(self):
            self._serve("GET")

        def do_POST(self):
            self._serve("POST")

        def _serve(self, method):
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            stripe.requests.append((method, address.path, self.headers.get("Idempotency-Key")))
            if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                return self._send(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key."}})
            fault = stripe.take_fault(address.path)
            if callable(fault):
                fault()
            if fault == "unavailable":
                return self._send(503, {"error": {"type": "api_error", "message": "Down."}})
            if fault == "busy":
                return self._send(
                    429, {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "!"}}
                )
            params = unflattened(body if method == "POST" else address.query)
            try:
                status, answer = stripe.answer(method, address.path, params, self.headers.get("Idempotency-Key"))
            except StripeAnswer as error:
                status, answer = error.status, error.body
            if fault == "hang_up":  # after the effect
                self.close_connection = True
                self.connection.close()
                return None
            return self._send(status, answer)

        def _send(self, status, answer):
            with contextlib.suppress(ConnectionError):  # who asked may have given up
                self._write(status, json.dumps(answer).encode())

        def _write(self, status, body):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Request-Id", f"req_{secrets.token_hex(6)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
