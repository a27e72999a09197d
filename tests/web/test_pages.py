"""The pages as they leave the server: what they say without a script, and what they let a browser do."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from tests.booking.waitlist.world import joined
from tests.booking.world import held
from tests.factories import BranchFactory, DealFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover='alert(3)"


def policy(response) -> dict[str, str]:
    parts = response["Content-Security-Policy"].split(";")
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in parts)}


def metadata(response):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_the_map_page_loads_our_own_files_and_asks_for_its_first_answer(client):
    response = client.get("/?q=coffee&bbox=24.9,60.1,25.0,60.2&open=place:1")
    page = response.content.decode()
    assert response.status_code == 200
    assert policy(response) == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        **dict.fromkeys(
            ("script-src", "style-src", "img-src", "font-src", "connect-src", "worker-src", "form-action"), "'self'"
        ),
    }
    assert "geolocation=(self)" in response["Permissions-Policy"]
    assert 'href="/v1/search?q=coffee&amp;bbox=24.9%2C60.1%2C25.0%2C60.2&amp;facets=' in page
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page) == []


def test_what_the_map_page_loads_is_there(client):
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/").content.decode())
    assert len(loaded) > 5
    for url in loaded:
        response = client.get(url)
        assert response.status_code == 200
        assert b"".join(response.streaming_content)


def test_the_first_answer_is_the_home_area_where_the_url_names_none(client, settings):
    settings.MAP_HOME = "10.5,20,12,900"
    assert "lat=10.5&amp;lon=20&amp;radius_metres=900" in client.get("/?q=x&lat=5").content.decode()


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [("", "", "en"), ("", "zh-CN,en;q=0.5", "zh-Hans"), ("?lang=zh-Hans", "en", "zh-Hans"), ("?lang=xx", "fi", "en")],
)
def test_the_language_of_a_page(client, query, header, expected):
    page = client.get(f"/{query}", headers={"accept-language": header}).content.decode()
    assert f'<html lang="{expected}"' in page


def test_a_place_is_readable_without_a_script(client):
    branch = BranchFactory(name="Kahvila Ääni", opening_hours="24/7", website="https://example.org/x")
    response = client.get(f"/places/{branch.id}")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<h1><bdi>Kahvila Ääni</bdi></h1>" in page
    assert "Open 24 hours" in page
    data = metadata(response)
    assert (data["@type"], data["name"]) == ("LocalBusiness", "Kahvila Ääni")
    assert len(data["openingHoursSpecification"]) == 7


def test_a_deal_is_readable_without_a_script(client):
    deal = DealFactory(title="Two for one", price_minor=1090, list_price_minor=1700, currency="EUR", state="live")
    response = client.get(f"/deals/{deal.id}")
    page = response.content.decode()
    assert "<h1><bdi>Two for one</bdi></h1>" in page
    assert "€10.90" in page
    assert "<s>€17.00</s>" in page
    assert metadata(response)["price"] == "10.90"


def test_what_merchants_write_stays_text(client):
    branch = BranchFactory(
        name=HOSTILE, description=HOSTILE, street=HOSTILE, phone=HOSTILE[:40], website="javascript:alert(1)"
    )
    deal = DealFactory(merchant=branch.merchant, title=HOSTILE, terms=HOSTILE, state="live")
    for path in (f"/places/{branch.id}", f"/deals/{deal.id}"):
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 200
        assert re.findall(r"<img src=x|<script>alert|javascript:", page) == []
        assert HOSTILE in json.dumps(metadata(response), ensure_ascii=False).replace('\\"', '"')


@pytest.mark.parametrize(
    "path", ["/places/00000000-0000-0000-0000-000000000000", "/deals/00000000-0000-0000-0000-000000000000"]
)
def test_what_is_not_there_says_so_in_a_page(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "This is no longer here" in response.content.decode()


def test_a_bookings_page_holds_nothing_of_it(client):
    """Whoever has the address and no token learns nothing, not even whether there is such a booking."""
    mine = held(ServiceFactory())
    there, nowhere = (client.get(f"/bookings/{each}") for each in (mine.booking.id, uuid.UUID(int=4)))
    assert there.status_code == 200
    assert there.content.replace(str(mine.booking.id).encode(), b"") == nowhere.content.replace(
        str(uuid.UUID(int=4)).encode(), b""
    )
    assert b"noindex" in there.content
    assert client.get("/bookings/5").status_code == 400


def test_the_page_of_ones_bookings_holds_none_and_knows_who_is_signed_in(client):
    stranger = client.get("/bookings")
    assert b"<vn-my-bookings></vn-my-bookings>" in stranger.content
    assert b"noindex" in stranger.content
    assert "csrftoken" not in stranger.cookies
    client.force_login(UserFactory())
    mine, one = client.get("/bookings"), client.get(f"/bookings/{uuid.UUID(int=4)}")
    assert b"<vn-my-bookings signed-in>" in mine.content
    assert b" signed-in>" in one.content
    for page in (mine, one):
        assert (page["Cache-Control"], page["Vary"]) == ("private, no-store", "Accept-Language, Cookie")
        assert policy(page)["script-src"] == "'self'"
    assert "csrftoken" in mine.cookies


def test_the_page_of_a_place_on_a_waitlist_holds_nothing_of_it(client):
    service = ServiceFactory(capacity=1)
    held(service)
    mine = joined(service)
    there, nowhere = (client.get(f"/waitlist/{each}") for each in (mine.entry.id, uuid.UUID(int=4)))
    assert there.status_code == 200
    assert there.content.replace(str(mine.entry.id).encode(), b"") == nowhere.content.replace(
        str(uuid.UUID(int=4)).encode(), b""
    )
    assert b"noindex" in there.content
    assert client.get("/waitlist/5").status_code == 400


def test_a_qr_code_is_a_picture_of_the_address(client):
    response = client.get("/places/00000000-0000-0000-0000-000000000000/qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content
    assert b"style=" not in response.content
    assert client.get("/places/nonsense/qr.svg").status_code == 400
