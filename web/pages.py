"""What the pages of a place and of a deal show: the bodies of the API, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal, format_percent

from config.money import money
from web.metadata import is_web_address
from web.strings import Strings

_LOCALES = {"en": "en", "zh-Hans": "zh_Hans"}


def place_words(place: Mapping[str, Any], text: Strings) -> dict[str, Any]:
    """The parts of a place's page."""
    return {
        "name": place["name"],
        "category": " › ".join(each["name"] for each in place["category_path"]) or place["category"]["name"],
        "rating": _rating(place["rating"], text),
        "rating_made_up": place["rating"]["generated"],
        "address": _address(place["address"]),
        "description": place["description"],
        "phone": place["phone"],
        "telephone": _telephone(place["phone"]),
        "website": place["website"] if is_web_address(place["website"]) else None,
        "website_host": urlsplit(place["website"]).netloc if is_web_address(place["website"]) else None,
        "status": _status(place["hours"], place["zone"], text),
        "hours": _week(place["hours"], text),
        "hours_text": (place["hours"] or {}).get("text"),
        "zone": text.fill("hours_in_zone", zone=text.fill("zone_time", city=_city(place["zone"]))),
        "deals": [
            {"url": f"/deals/{deal['id']}", "title": deal["title"], **_price(deal, text)} for deal in place["deals"]
        ],
        "directions": f"https://www.openstreetmap.org/directions?to={place['lat']}%2C{place['lon']}",
        "on_map": f"/?lat={place['lat']}&lon={place['lon']}&radius_metres=1000&open=place:{place['id']}",
        "attribution": place["attribution"],
    }


def deal_words(deal: Mapping[str, Any], text: Strings) -> dict[str, Any]:
    """The parts of a deal's page."""
    branches = deal["branches"]["items"]
    zone = branches[0]["zone"] if branches else "UTC"
    day = datetime.fromisoformat(deal["valid_until"]).astimezone(ZoneInfo(zone)).date()
    names = get_day_names("abbreviated", locale=_LOCALES[text.tag])
    rules = [
        text.fill("valid_until", date=format_date(day, "long", locale=_LOCALES[text.tag]))
        if deal["is_current"]
        else text["deal_over"],
        text[f"fulfilment_{deal['fulfilment']}"],
    ]
    if deal["weekdays"]:
        rules.append(
            text.fill("deal_weekdays", days=text["list_comma"].join(names[each - 1] for each in deal["weekdays"]))
        )
    if deal["daily_from"] and deal["daily_until"]:
        rules.append(text.fill("deal_hours", **{"from": deal["daily_from"], "until": deal["daily_until"]}))
    if deal["stock_left"] is not None:
        rules.append(text.plural("stock_left", deal["stock_left"]))
    if deal["per_customer_cap"] is not None:
        rules.append(text.plural("per_customer", deal["per_customer_cap"]))
    if deal["new_customers_only"]:
        rules.append(text["new_customers_only"])
    return {
        "title": deal["title"],
        "merchant": deal["merchant"]["name"],
        "terms": deal["terms"],
        "rules": rules,
        "made_up": deal["generated"],
        "branches": [
            {"url": f"/places/{each['place_id']}", "name": each["name"], "address": _address(each["address"])}
            for each in branches
        ],
        "on_map": _deal_on_map(deal, branches),
        **_price(deal, text),
    }


def _deal_on_map(deal: Mapping[str, Any], branches: list[dict[str, Any]]) -> str | None:
    if not branches:
        return None
    first = branches[0]
    where = f"lat={first['lat']}&lon={first['lon']}&radius_metres=1000"
    return f"/?{where}&open=deal:{deal['id']}:{first['place_id']}"


def _price(deal: Mapping[str, Any], text: Strings) -> dict[str, Any]:
    locale = _LOCALES[text.tag]

    cheaper = deal["list_price_minor"] > deal["price_minor"]
    return {
        "price": money(deal["price_minor"], deal["currency"], locale),
        "list_price": money(deal["list_price_minor"], deal["currency"], locale) if cheaper else None,
        "off": format_percent(-deal["discount_percent"] / 100, locale=locale) if deal["discount_percent"] else None,
    }


def _rating(rating: Mapping[str, Any], text: Strings) -> str:
    if rating["stars"] is None:
        return text["unrated"]
    stars = format_decimal(rating["stars"], "0.0", locale=_LOCALES[text.tag])
    return f"{text.fill('stars', stars=stars)}, {text.plural('ratings', rating['count'])}"


def _address(address: Mapping[str, str]) -> str:
    town = " ".join(part for part in (address["postcode"], address["city"]) if part)
    return ", ".join(part for part in (address["street"], town) if part)


def _status(hours: Mapping[str, Any] | None, zone: str, text: Strings) -> str | None:
    status = (hours or {}).get("status")
    if not status or status["state"] == "unknown":
        return None
    said = text[status["state"]]
    if status["state"] == "open" and status["changes_at"]:
        at = datetime.fromisoformat(status["changes_at"]).astimezone(ZoneInfo(zone))
        said += " · " + text.fill("closes_at", time=format_time(at.time(), "HH:mm"))
    return said


def _week(hours: Mapping[str, Any] | None, text: Strings) -> list[dict[str, Any]]:
    names = get_day_names("wide", locale=_LOCALES[text.tag])
    return [
        {
            "day": names[date.fromisoformat(day["day"]).weekday()],
            "holiday": day["is_holiday"],
            "today": index == 0,
            "spans": [
                text["all_day"]
                if (span["opens"], span["closes"]) == ("00:00", "24:00")
                else f"{span['opens']} – {span['closes']}"
                for span in day["spans"]
            ]
            or [text["closed"]],
        }
        for index, day in enumerate((hours or {}).get("week") or [])
    ]


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _telephone(phone: str | None) -> str | None:
    digits = "".join(c for c in phone or "" if c.isdigit() or c == "+")
    return digits or None
