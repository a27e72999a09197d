from __future__ import annotations

import pytest
from django.test import RequestFactory

from config.api.caching import cache_headers, not_modified, weak_etag


def test_the_tag_changes_with_each_version():
    tags = {weak_etag(1, 2), weak_etag(1, 3), weak_etag(12), weak_etag("1", "", "2"), weak_etag(1, 2, None)}
    assert len(tags) == 5
    assert weak_etag(1, 2) == weak_etag(1, 2)
    assert weak_etag(1).startswith('W/"')


@pytest.mark.parametrize(
    ("sent", "status"), [(None, None), ('W/"b"', None), ('W/"a"', 304), ('"a"', 304), ('W/"b", W/"a"', 304), ("*", 304)]
)
def test_a_304_where_the_caller_has_it(sent, status):
    headers = {} if sent is None else {"If-None-Match": sent}
    response = not_modified(RequestFactory().get("/", headers=headers), 'W/"a"', max_age_seconds=60)
    assert (response.status_code if response else None) == status
    assert not response or (response["ETag"], response["Cache-Control"]) == ('W/"a"', "public, max-age=60")


def test_headers_of_what_may_be_kept():
    assert cache_headers('W/"a"', max_age_seconds=60) == {"ETag": 'W/"a"', "Cache-Control": "public, max-age=60"}
