"""Ports are free when chosen, and stay what they were."""

from __future__ import annotations

import socket

import pytest

from stack import ports


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "ports.json"


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_is_remembered(memory):
    port = ports.choose(memory, "web")
    assert ports.choose(memory, "web") == port
    assert ports.recall(memory, "web") == port
    assert ports.is_free(port)


def test_two_names_never_share_a_port(memory):
    port = ports.choose(memory, "web")
    assert ports.choose(memory, "redis", first=port) != port


def test_a_taken_port_is_not_chosen(memory, taken):
    assert not ports.is_free(taken)
    assert ports.choose(memory, "web", first=taken) != taken


def test_a_remembered_port_that_was_taken_meanwhile_is_replaced(memory, taken):
    memory.write_text(f'{{"web": {taken}}}')
    port = ports.choose(memory, "web")
    assert port != taken
    assert ports.recall(memory, "web") == port


def test_chosen_ports_stay_below_those_of_outgoing_connections(memory):
    assert all(ports.LOWEST <= ports.choose(memory, name) < ports.HIGHEST for name in "abc")


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"web": "8000"}', "\x00"])
def test_a_damaged_memory_is_an_empty_one(memory, damage):
    memory.write_text(damage)
    assert ports.recall(memory, "web") is None
    assert ports.recall(memory, "web") is None or ports.choose(memory, "web")
    port = ports.choose(memory, "web")
    assert ports.recall(memory, "web") == port
