"""A private OpenSearch: its own folder, its own port on 127.0.0.1, one node, as an account that is not root.

`python -m stack.opensearch` fetches and starts it; `make up` has that done in the background and waits for nothing of
it. Its launcher starts further programs by path, so no descriptor will do: where the account cannot pass to the
checkout, everything of it lies in /var/tmp.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from stack import opensearch_archive, options, ports
from stack.accounts import own, service_account, within_reach
from stack.errors import StackError
from stack.folders import LOCAL, ROOT, tail, write_whole
from stack.processes import Supervised
from stack.progress import Step, say, step

SETUP = Supervised(LOCAL, "opensearch-setup")

CONFIGURATION = """\
# Written by stack/opensearch.py at every start.
cluster.name: {name}
node.name: {node}
{discovery}
network.host: 127.0.0.1
http.port: {port}
path.data: {folder}/data
path.logs: {folder}/logs
cluster.routing.allocation.disk.watermark.low: 500mb
cluster.routing.allocation.disk.watermark.high: 300mb
cluster.routing.allocation.disk.watermark.flood_stage: 100mb
"""
ALONE = "discovery.type: single-node\ntransport.port: 0"
# What jvm.options of the archive writes beside itself; a crash is in the log of the process.
FILES_OF_JVM = ("gc.log", "HeapDump", "ErrorFile")
VECTOR = "jdk.incubator.vector"


def folder_in(folder: Path) -> Path:
    """Where all of a server under `folder` lies."""
    return within_reach(folder / "opensearch")


@dataclass(frozen=True, slots=True)
class Membership:
    """The place of one node in a cluster on one machine; at these ports the nodes speak to each other."""

    name: str
    number: int
    transport_ports: tuple[int, ...]

    def to_configuration(self) -> str:
        numbers = range(len(self.transport_ports))
        return "\n".join(
            [
                f"transport.port: {self.transport_ports[self.number]}",
                f"discovery.seed_hosts: [{', '.join(f'127.0.0.1:{port}' for port in self.transport_ports)}]",
                f"cluster.initial_cluster_manager_nodes: [{', '.join(f'node-{number}' for number in numbers)}]",
            ]
        )


@dataclass(frozen=True, slots=True)
class Server:
    """A server under `folder`; alone unless it is a member."""

    folder: Path
    heap: str
    member: Membership | None = None

    @property
    def process(self) -> Supervised:
        return Supervised(self.folder, "opensearch")

    @property
    def own_folder(self) -> Path:
        return folder_in(self.folder) / "node"

    @property
    def port(self) -> int:
        return ports.recall(self.folder / "ports.json", "opensearch") or 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def choose_port(self) -> None:
        if self.process.running() is None:
            ports.choose(self.folder / "ports.json", "opensearch")

    def start(self) -> bool:
        """Fetch what it needs, start it and wait until it answers. False when it was running already."""
        if self.process.serving() is not None and self.answers():
            return False
        self.process.stop()
        if not self.port:
            self.choose_port()
        home, java = opensearch_archive.ensure(), opensearch_archive.java_home()
        with step("Starting OpenSearch") as current:
            self._launch(current, home, java)
        return True

    def stop(self) -> bool:
        return self.process.stop(seconds=30)

    def answers(self) -> bool:
        """Whether our server answers, and not another that happens to hold the port: only ours has the name."""
        try:
            with urllib.request.urlopen(self.url, timeout=2) as answer:  # noqa: S310 -- our own http:// address
                return bool(json.load(answer)["cluster_name"] == self._name())
        except (OSError, ValueError, KeyError, urllib.error.URLError):
            return False

    def _launch(self, current: Step, home: Path, java: Path) -> None:
        account = service_account()
        for folder in ("data", "logs", "config", "temporary"):
            (self.own_folder / folder).mkdir(parents=True, exist_ok=True)
        self._configure(home, java)
        own(self.own_folder, account)
        own(home, account)
        child = self.process.start(
            [home / "bin" / "opensearch"],
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "LC_ALL": "C.UTF-8",
                "TZ": "UTC",
                "OPENSEARCH_PATH_CONF": str(self.own_folder / "config"),
                "OPENSEARCH_TMPDIR": str(self.own_folder / "temporary"),
                "OPENSEARCH_JAVA_HOME": str(java),
            },
            account=account,
        )
        self.process.until_ready(child, self.answers, step=current, seconds=600)  # beside others, minutes are not rare

    def _configure(self, home: Path, java: Path) -> None:
        config = self.own_folder / "config"
        shutil.copytree(home / "config", config, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.keystore"))
        name = self._name()
        text = CONFIGURATION.format(
            name=name,
            node=f"node-{self.member.number}" if self.member else name,
            discovery=self.member.to_configuration() if self.member else ALONE,
            port=self.port,
            folder=self.own_folder,
        )
        (config / "opensearch.yml").write_text(text, encoding="utf-8")
        left_out = (*FILES_OF_JVM, *(() if opensearch_archive.java_has(java, VECTOR) else (VECTOR,)))
        lines = (home / "config" / "jvm.options").read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not any(word in line for word in left_out)]
        (config / "jvm.options").write_text("\n".join(kept) + "\n", encoding="utf-8")
        heap = f"-Xms{self.heap}\n-Xmx{self.heap}\n"
        (config / "jvm.options.d" / "heap.options").write_text(heap, encoding="utf-8")

    def _name(self) -> str:
        if self.member:
            return self.member.name
        path = self.folder / "opensearch_name"
        if not path.exists():
            write_whole(path, f"vicinity-{secrets.token_hex(4)}")
        return path.read_text(encoding="utf-8")


def server() -> Server:
    """The one of `make up`."""
    return Server(LOCAL, options.value("OPENSEARCH_HEAP"))


def is_private() -> bool:
    return not options.value("OPENSEARCH_URL") and options.value("OPENSEARCH") == "auto"


def start_beside() -> None:
    """Fetch and start it in a process of its own; what becomes of that is told by `describe`."""
    if server().process.serving() is not None or SETUP.running() is not None:
        return
    SETUP.log.unlink(missing_ok=True)
    SETUP.start([sys.executable, "-m", "stack.opensearch"], env=dict(os.environ), directory=ROOT)
    say("  OpenSearch is fetched and started beside; PostGIS answers until its index is true (make status).")


def describe() -> str:
    """One line on how it is."""
    if options.value("OPENSEARCH_URL"):
        return "named by the environment"
    if options.value("OPENSEARCH") != "auto":
        return "off"
    if (running := server().process.serving()) is not None:
        return f"running, process {running.pid}"
    if SETUP.running() is not None:
        last = tail(SETUP.log, 1).strip()
        return f"on its way: {last}"[:100] if last else "on its way"
    if server().process.recorded() is not None:
        return "died: make up starts it again"
    last = tail(SETUP.log, 1).strip()
    return f"not to be had: {last}"[:160] if last else "stopped"


def stop() -> list[str]:
    setup, server_stopped = SETUP.stop(), server().stop()
    SETUP.log.unlink(missing_ok=True)  # what it told is of a start that is over
    return ["opensearch"] if setup or server_stopped else []


def main() -> int:
    """Exit 1, its last line saying why, where OpenSearch cannot be had."""
    try:
        server().start()
    except (StackError, OSError) as error:
        say(f"OpenSearch cannot be had here, and PostGIS answers: {str(error).splitlines()[0]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
