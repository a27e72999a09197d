"""What an import speaks of: a raw row, a checked place, and why a row or a field was refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from config.errors import CodedError
from geo.types import Point


class FileRefused(CodedError):
    """The file as a whole cannot be read: not its format, too large, or broken half-way."""

    code = "import_file_refused"
    only_commands = True
    status = 400
    title = "The file cannot be imported"


class Reason(StrEnum):
    """Why a row or a field was refused. Stable; docs/import.md tells each, and a test compares."""

    MISSING_NAME = "missing_name"
    MISSING_POSITION = "missing_position"
    MISSING_CATEGORY = "missing_category"
    POSITION_NOT_A_NUMBER = "position_not_a_number"
    POSITION_AT_ZERO = "position_at_zero"
    POSITION_SWAPPED = "position_swapped"
    POSITION_OUT_OF_RANGE = "position_out_of_range"
    POSITION_OUTSIDE_BOX = "position_outside_box"
    UNKNOWN_CATEGORY = "unknown_category"
    DUPLICATE_EXTERNAL_ID = "duplicate_external_id"
    DUPLICATE_PLACE = "duplicate_place"
    TEXT_TOO_LONG = "text_too_long"
    CONTROL_CHARACTERS = "control_characters"
    HOURS_UNREADABLE = "hours_unreadable"
    WEBSITE_NOT_A_URL = "website_not_a_url"
    COUNTRY_UNKNOWN = "country_unknown"
    ZONE_UNKNOWN = "zone_unknown"
    ID_INVALID = "id_invalid"
    AREA_INVALID = "area_invalid"
    AREA_INCOMPLETE = "area_incomplete"
    AREA_IN_THE_WAY = "area_in_the_way"
    AREA_SPLIT = "area_split"
    BAND_INVALID = "band_invalid"
    BRANCH_UNKNOWN = "branch_unknown"
    POSITION_KEPT = "position_kept"
    RECORD_UNREADABLE = "record_unreadable"
    RECORD_TOO_LARGE = "record_too_large"


class Outcome(StrEnum):
    """What became of it."""

    REFUSED = "refused"
    """The row was not imported."""
    FIELD_DROPPED = "field_dropped"
    """The place was imported without that field."""
    NOTED = "noted"
    """The place was imported whole; someone should look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `line` is the line of a text file, else the number of the record, from 1."""

    line: int
    external_id: str
    field: str
    reason: Reason
    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class RawRow:
    """What a reader found, unchecked. `record` counts from 1 within the file and is what a resume goes by.

    `names` holds the main name under the empty key. `category` is a word of the file's own; `tags` are OSM tags, which
    name a category where the word is absent. `is_closed`: the file says that the place is closed for good.
    """

    record: int
    line: int
    external_id: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    lon: object = None
    lat: object = None
    category: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    phone: str = ""
    website: str = ""
    opening_hours: str = ""
    zone: str = ""
    brand: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that a reader could not make a row of."""

    record: int
    line: int
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place that may be written. `zone` is the file's, else that of the point; `country` likewise, where known."""

    record: int
    line: int
    external_id: str
    name: str
    names: Mapping[str, str]
    point: Point
    category: str
    description: str
    street: str
    postcode: str
    city: str
    country: str
    phone: str
    website: str
    opening_hours: str
    zone: str
    brand: str
    attributes: Mapping[str, str]
