"""Ports of loopback are told to one only, though nobody listens on them yet."""

import socket

import pytest

from firmware_sim.errors import SimError
from firmware_sim.ports import free_port


def test_a_port_told_is_not_told_again_before_the_others_had_their_turn() -> None:
    told = [free_port() for _ in range(500)]
    assert len(set(told)) == len(told)


def test_a_wanted_port_that_is_taken_gives_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        assert wanted < free_port(wanted) < wanted + 100


def test_no_port_left_is_refused_with_what_to_do() -> None:
    with pytest.raises(SimError, match="--port"):
        free_port(65_536)
