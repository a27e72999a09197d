"""The cluster's own client, and the only importer of it: one place for addresses, time limits and errors."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from opensearchpy import OpenSearch, exceptions
from opensearchpy.serializer import JSONSerializer

from config.errors import RetryableError

Body = dict[str, Any]

# The library tells every request, and spells it out for curl: work that a search should not wait for.
logging.getLogger("opensearch").setLevel(logging.ERROR)
logging.getLogger("opensearchpy.trace").setLevel(logging.CRITICAL)

CONNECTIONS = 16
UPKEEP_SECONDS = 30.0
"""How long one request of the follower or of a comparison may take."""


class SearchEngineUnavailable(RetryableError):
    """OpenSearch does not answer, or not in time, or not whole."""

    code = "search_engine_unavailable"
    title = "The search engine does not answer"


class SearchEngineRefused(RuntimeError):
    """OpenSearch understood and said no: a mistake of ours, or an index that is not there."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status


class _Orjson(JSONSerializer):
    def loads(self, s: str) -> Any:
        return orjson.loads(s)

    def dumps(self, data: Any) -> Any:
        return data if isinstance(data, (str, bytes)) else orjson.dumps(data).decode()


class Client:
    """What is asked of a cluster, by index."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self.hosts = tuple(hosts)
        self._engine = OpenSearch(
            list(hosts),
            serializer=_Orjson(),
            pool_maxsize=CONNECTIONS,
            max_retries=len(hosts) - 1,
            retry_on_timeout=False,
            dead_timeout=1,
        )

    def search(self, index: str, body: Body, *, timeout_seconds: float) -> Body:
        """The answer, whole: anything less raises SearchEngineUnavailable."""
        answer = self._ask(
            "POST",
            f"/{index}/_search",
            body,
            timeout_seconds,
            allow_partial_search_results="false",
            filter_path="timed_out,hits.total.value,hits.hits._source,hits.hits.sort,hits.hits._score,hits.hits.fields,"
            "aggregations",
        )
        if answer.get("timed_out"):
            raise SearchEngineUnavailable("The search took too long.")
        return answer

    def bulk(self, index: str, lines: bytes) -> Sequence[Body]:
        """What became of each item: `status`, and `error` where there is one."""
        answer = self._ask("POST", f"/{index}/_bulk", lines, UPKEEP_SECONDS, filter_path="items.*.status,items.*.error")
        return [next(iter(item.values())) for item in answer["items"]]

    def create(self, index: str, *, mappings: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        self._ask("PUT", f"/{index}", {"mappings": dict(mappings), "settings": {"index": settings}}, UPKEEP_SECONDS)

    def delete(self, index: str) -> None:
        """Also when it is not there."""
        self._ask("DELETE", f"/{index}", None, UPKEEP_SECONDS, ignore_unavailable="true")

    def uuid(self, index: str) -> str | None:
        """The cluster's own name of this very index; None when there is none."""
        try:
            answer = self._ask("GET", f"/{index}/_settings/index.uuid", None, UPKEEP_SECONDS)
        except SearchEngineRefused as error:
            if error.status == 404:
                return None
            raise
        return str(answer[index]["settings"]["index"]["uuid"])

    def refresh(self, index: str) -> None:
        """What was written can be searched afterwards. Raises SearchEngineUnavailable unless on every shard."""
        answer = self._ask("POST", f"/{index}/_refresh", None, UPKEEP_SECONDS)
        if answer["_shards"]["failed"]:
            raise SearchEngineUnavailable("Not every shard was refreshed.")

    def purge(self, index: str, query: Body) -> int:
        """Delete what matches; how many."""
        path = f"/{index}/_delete_by_query"
        answer = self._ask("POST", path, {"query": query}, UPKEEP_SECONDS, conflicts="proceed", refresh="true")
        return int(answer["deleted"])

    def answers(self, *, timeout_seconds: float) -> bool:
        try:
            self._ask("GET", "/", None, timeout_seconds)
        except (SearchEngineUnavailable, SearchEngineRefused):
            return False
        return True

    def _ask(self, method: str, path: str, body: Any, seconds: float, **params: str) -> Body:
        with _coded():
            answer: Body = self._engine.transport.perform_request(
                method, path, params={**params, "request_timeout": seconds}, body=body
            )
        return answer


@contextmanager
def _coded() -> Iterator[None]:
    try:
        yield
    except exceptions.TransportError as error:
        status = error.status_code
        if not isinstance(status, int) or status in {408, 429} or status >= 500:
            raise SearchEngineUnavailable("OpenSearch does not answer.") from error
        raise SearchEngineRefused(status, str(error.error)) from error
    except exceptions.OpenSearchException as error:
        raise SearchEngineUnavailable("OpenSearch does not answer.") from error


@cache
def client_of(hosts: tuple[str, ...]) -> Client:
    """One client, and so one set of connections, for each process."""
    return Client(hosts)


def configured() -> Client | None:
    """The client of the setting OPENSEARCH_URL; None where it is empty."""
    hosts = tuple(settings.OPENSEARCH_URL)
    return client_of(hosts) if hosts else None


def required() -> Client:
    """The same where there must be one. Raises ImproperlyConfigured."""
    client = configured()
    if client is None:
        raise ImproperlyConfigured("OPENSEARCH_URL is empty.")
    return client
