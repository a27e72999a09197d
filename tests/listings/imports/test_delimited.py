import io

import pytest

from config.errors import InvalidParameter
from listings.imports.delimited import FIELD_MAX_CHARACTERS, rows
from listings.imports.places import BrokenRecord, FileRefused, Reason


def _rows(text: str | bytes, **columns) -> list:
    data = text.encode() if isinstance(text, str) else text
    return list(rows(io.BufferedReader(io.BytesIO(data)), columns))


def test_columns_are_found_by_their_usual_names_in_any_case():
    (row,) = _rows("ID,Name,Latitude,LNG,Zip,TimeZone\n7,Café,60.1,24.9,00100,Europe/Helsinki\n")
    assert (row.external_id, row.names, row.lat, row.lon) == ("7", {"": "Café"}, "60.1", "24.9")
    assert (row.postcode, row.zone) == ("00100", "Europe/Helsinki")


def test_columns_can_be_chosen():
    (row,) = _rows("a,b,name:sv\nKahvila,Kaffe,Kafé\n", **{"name": "A", "name:de": "b"})
    assert row.names == {"": "Kahvila", "de": "Kaffe", "sv": "Kafé"}


@pytest.mark.parametrize("columns", [{"name": "nowhere"}, {"colour": "a"}])
def test_a_choice_that_cannot_be_is_refused(columns):
    with pytest.raises(InvalidParameter):
        _rows("a,b\n1,2\n", **columns)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_taken_from_the_header(delimiter):
    (row,) = _rows(delimiter.join(["name", "city"]) + "\n" + delimiter.join(["A", "B"]) + "\n")
    assert (row.names[""], row.city) == ("A", "B")


def test_lines_are_counted_through_quoted_newlines_blank_lines_and_a_mark():
    found = _rows('\ufeffname,city\r\n"A\nB",x\r\n\r\nC,y\r\nD\r\nE,z\r\n')
    assert [(row.record, row.line) for row in found] == [(1, 2), (2, 5), (3, 6), (4, 7)]
    assert [type(row) is BrokenRecord for row in found] == [False, False, True, False]
    assert found[2].detail == "1 fields where the header names 2."


def test_a_stray_quote_is_reported_and_the_rest_read():
    found = _rows('name,city\n"A"x,b\nC,d\n')
    assert found[0].reason == Reason.RECORD_UNREADABLE
    assert found[1].names == {"": "C"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The first line must name 2 to 1000 different columns."),
        (b"alone\n1\n", "The first line must name 2 to 1000 different columns."),
        (b"a,a\n1,2\n", "The first line must name 2 to 1000 different columns."),
        ("name,city\nMünchen,x\n".encode("latin-1"), "Line 2 is not UTF-8: invalid start byte."),
        ("name,city\n".encode("utf-16"), "Line 1 is not UTF-8: invalid start byte."),
        (b"name,city\nA\0,b\n", "Line 2 holds a NUL: this is not text."),
        (b'name,city\nA,b\n"C,d\n', "Line 3: a quoted field never ends."),
        (b"name,city\n" + b"x" * 200_000, f"Line 2 is longer than {FIELD_MAX_CHARACTERS} bytes."),
    ],
)
def test_what_is_not_csv_in_utf8_is_refused(data, told):
    with pytest.raises(FileRefused) as error:
        _rows(data)
    assert error.value.detail == told
