"""The servers a run stands on: private ones, except those that the environment names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from stack import opensearch, options, packages, postgres, redis

DATABASE = "vicinity"


@dataclass(frozen=True, slots=True)
class Services:
    """`durable` is false for tests: quicker, and nothing to keep."""

    folder: Path
    durable: bool = True

    @property
    def cluster(self) -> postgres.Cluster:
        return postgres.Cluster(self.folder, durable=self.durable)

    @property
    def redis(self) -> redis.Server:
        return redis.Server(self.folder, durable=self.durable)

    @property
    def private_database(self) -> bool:
        return not options.value("DATABASE_URL")

    @property
    def private_redis(self) -> bool:
        return not options.value("REDIS_URL")

    @property
    def opensearch_url(self) -> str:
        """Where it is or will be; PostGIS answers until it does."""
        if named := options.value("OPENSEARCH_URL"):
            return named
        return opensearch.server().url if self.durable and opensearch.is_private() else ""

    def install(self) -> None:
        packages.ensure(database=self.private_database, broker=self.private_redis, tests=not self.durable)

    def start(self) -> None:
        if self.private_database:
            self.cluster.start()
            self.cluster.ensure_database(DATABASE)
        if self.private_redis:
            self.redis.start()

    def stop(self) -> list[str]:
        """Stop what runs here, named by the environment or not. The names of those that ran."""
        return [server.process.name for server in (self.redis, self.cluster) if server.stop()]

    def environment(self) -> dict[str, str]:
        """The caller's environment with the addresses filled in."""
        return {
            **os.environ,
            "DATABASE_URL": options.value("DATABASE_URL") or self.cluster.url(DATABASE),
            "REDIS_URL": options.value("REDIS_URL") or self.redis.url,
            "OPENSEARCH_URL": self.opensearch_url,
            "PYTHONUNBUFFERED": "1",
        }
