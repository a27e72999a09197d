"""What a merchant says of a branch, checked: the one door for services and the admin. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from config.errors import InvalidParameter
from geo.types import Point
from listings.hours_text import parse_hours
from listings.names import validate_names
from listings.texts import plain_text, web_address

MAX_PHOTOS = 20
MAX_ATTRIBUTES = 60
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_:]{0,59}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./;+-]{2,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFacts:
    """Everything about a branch but who owns it and where it is. Empty means not known."""

    name: str
    category: str
    names: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    opening_hours: str = ""
    phone: str = ""
    website: str = ""
    photos: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


def checked(facts: BranchFacts) -> BranchFacts:
    """The facts as they are stored. InvalidParameter names the field and the limit. The category is looked up later."""
    if len(facts.photos) > MAX_PHOTOS:
        raise InvalidParameter("photos", f"At most {MAX_PHOTOS} photos.", limit=MAX_PHOTOS)
    return replace(
        facts,
        name=plain_text(facts.name, parameter="name", limit=200, required=True),
        names=validate_names(facts.names),
        description=plain_text(facts.description, parameter="description", limit=2_000),
        street=plain_text(facts.street, parameter="street", limit=200),
        postcode=plain_text(facts.postcode, parameter="postcode", limit=20),
        city=plain_text(facts.city, parameter="city", limit=100),
        country=_country(facts.country),
        opening_hours=parse_hours(facts.opening_hours).text if facts.opening_hours.strip() else "",
        phone=_phone(facts.phone),
        website=web_address(facts.website, parameter="website"),
        photos=tuple(web_address(photo, parameter="photos", secure=True) for photo in facts.photos),
        attributes=_attributes(facts.attributes),
    )


def checked_point(point: Point) -> Point:
    """A position on Earth that somebody meant: (0, 0) is what broken devices send."""
    if not (-180 <= point.lon <= 180 and -90 <= point.lat <= 90):
        raise InvalidParameter("point", "lon must be within -180 and 180, lat within -90 and 90.", limit="±180, ±90")
    if point.lon == 0 and point.lat == 0:
        raise InvalidParameter("point", "No branch is at 0, 0: the position is missing.")
    return point


def _country(text: str) -> str:
    code = text.strip().upper()
    if code and not _COUNTRY.fullmatch(code):
        raise InvalidParameter("country", "A country is two letters of ISO 3166-1, such as FI.")
    return code


def _phone(text: str) -> str:
    phone = plain_text(text, parameter="phone", limit=40)
    if phone and not _PHONE.fullmatch(phone):
        raise InvalidParameter("phone", "A telephone number is digits, blanks and + ( ) . / - only.")
    return phone


def _attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    if len(attributes) > MAX_ATTRIBUTES:
        raise InvalidParameter("attributes", f"At most {MAX_ATTRIBUTES} attributes.", limit=MAX_ATTRIBUTES)
    for name in attributes:
        if not _ATTRIBUTE.fullmatch(name):
            raise InvalidParameter("attributes", f"{name[:60]!a} is no attribute's name: small letters and _ only.")
    return {
        name: plain_text(value, parameter=f"attributes.{name}", limit=100)
        for name, value in sorted(attributes.items())
        if value.strip()
    }
