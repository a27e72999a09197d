"""The cluster's own client, and the only importer of it: one place for addresses, time limits and errors."""

from __future__ import annotations

import logging
import time
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
from search.backends.opensearch.hosts import Hosts, slice_of

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


class RequestFailed(SearchEngineUnavailable):
    """One host could not finish this request; another may, and this one the next."""


class HostFailed(RequestFailed):
    """One host does not answer; another may."""


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
    """What is asked of a cluster, by index.

    Every request has one deadline, whatever number of hosts it takes. A host that cannot be reached, does not answer
    in its part of the time, or says 502 or 503 rests (hosts.Hosts), and the next is asked; only what cannot be done
    twice is not. Documents can: their versions see to it. One that says 500 or 504 is not ill itself: a shard it asked
    was lost on the way, as when a node dies between finding and fetching. The next is asked, and it does not rest.
    """

    def __init__(self, hosts: Sequence[str], *, ca_file: str = "") -> None:
        """`ca_file`: a PEM file of the authorities to trust for https; empty: those of the machine."""
        self.hosts = tuple(hosts)
        trusted: dict[str, Any] = {"ca_certs": ca_file} if ca_file else {}
        # One engine for each: which host, how often and how long is decided here.
        self._engines = [
            OpenSearch([host], serializer=_Orjson(), pool_maxsize=CONNECTIONS, max_retries=0, **trusted)
            for host in hosts
        ]
        self._state = Hosts(len(self.hosts))

    def search(self, index: str, body: Body, *, timeout_seconds: float) -> Body:
        """The answer, whole: anything less raises SearchEngineUnavailable."""
        # Without filter_path: it would have the engine parse and write again each document that it only passes on.
        answer = self._ask("POST", f"/{index}/_search", body, timeout_seconds, allow_partial_search_results="false")
        if answer.get("timed_out"):
            raise SearchEngineUnavailable("The search took too long.")
        return answer

    def bulk(self, index: str, lines: bytes) -> Sequence[Body]:
        """What became of each item: `status`, and `error` where there is one."""
        answer = self._ask("POST", f"/{index}/_bulk", lines, UPKEEP_SECONDS, filter_path="items.*.status,items.*.error")
        return [next(iter(item.values())) for item in answer["items"]]

    def create(self, index: str, *, mappings: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        """A name is given once: to make it again after no answer would say that it is taken."""
        body = {"mappings": dict(mappings), "settings": {"index": settings}}
        self._ask("PUT", f"/{index}", body, UPKEEP_SECONDS, is_repeatable=False)

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

    def indexes(self, pattern: str) -> Mapping[str, tuple[Mapping[str, Any], int]]:
        """Of each index whose name fits: `_meta` of its mapping, and when it was made, milliseconds since 1970."""
        path = f"/{pattern}"
        kept = "*.mappings._meta,*.settings.index.creation_date"
        answer = self._ask("GET", path, None, UPKEEP_SECONDS, filter_path=kept, ignore_unavailable="true")
        return {
            name: (each.get("mappings", {}).get("_meta", {}), int(each["settings"]["index"]["creation_date"]))
            for name, each in answer.items()
        }

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

    def _ask(
        self, method: str, path: str, body: Any, seconds: float, *, is_repeatable: bool = True, **params: str
    ) -> Body:
        deadline = time.monotonic() + seconds
        order = self._state.order(now=time.monotonic())
        failure = RequestFailed("OpenSearch does not answer.")
        for others, number in reversed(list(enumerate(reversed(order)))):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            wait = slice_of(left, others=others if is_repeatable else 0)
            try:
                with _coded():
                    answer: Body = self._engines[number].transport.perform_request(
                        method, path, params={**params, "request_timeout": wait}, body=body
                    )
            except RequestFailed as error:
                if isinstance(error, HostFailed):
                    self._state.failed(number, now=time.monotonic())
                if not is_repeatable:
                    raise
                failure = error
                continue
            self._state.succeeded(number)
            return answer
        raise failure


@contextmanager
def _coded() -> Iterator[None]:
    try:
        yield
    except exceptions.TransportError as error:
        status = error.status_code
        if not isinstance(status, int) or status in {502, 503}:
            raise HostFailed("OpenSearch does not answer.") from error
        if status >= 500:
            raise RequestFailed(f"OpenSearch could not finish: {status}.") from error
        if status in {408, 429}:
            raise SearchEngineUnavailable("OpenSearch has no time or room.") from error
        raise SearchEngineRefused(status, str(error.error)) from error
    except exceptions.OpenSearchException as error:
        raise HostFailed("OpenSearch does not answer.") from error


@cache
def client_of(hosts: tuple[str, ...], ca_file: str = "") -> Client:
    """One client, and so one set of connections, for each process."""
    return Client(hosts, ca_file=ca_file)


def configured() -> Client | None:
    """The client of the setting OPENSEARCH_URL; None where it is empty."""
    hosts = tuple(settings.OPENSEARCH_URL)
    return client_of(hosts, settings.OPENSEARCH_CA_FILE) if hosts else None


def required() -> Client:
    """The same where there must be one. Raises ImproperlyConfigured."""
    client = configured()
    if client is None:
        raise ImproperlyConfigured("OPENSEARCH_URL is empty.")
    return client
