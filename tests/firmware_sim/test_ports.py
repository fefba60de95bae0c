"""Ports of loopback are told to one only, though nobody listens on them yet."""

import socket

import pytest

from firmware_sim.errors import SimError
from firmware_sim.ports import free_port


def test_a_handed_out_port_is_not_repeated_before_all_others() -> None:
    told = [free_port() for _ in range(500)]
    assert len(set(told)) == len(told)


def test_an_occupied_port_yields_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        assert wanted < free_port(wanted) < wanted + 100


def test_a_machine_without_a_free_port_is_refused_with_a_hint() -> None:
    with pytest.raises(SimError, match="--port"):
        free_port(65_536)
