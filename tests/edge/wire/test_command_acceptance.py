"""No command is carried out late, twice, in another session, or retained."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.command_acceptance import SEEN_LIMIT, CommandGate
from edge.wire.errors import CommandRefused
from edge.wire.messages import COMMAND_LIFE_S, Command

AT = datetime(2026, 10, 25, 0, 59, 58, tzinfo=UTC)
NONCE = "ab" * 16
SECOND = timedelta(seconds=1)


def gate() -> CommandGate:
    return CommandGate(nonce=NONCE, opened_at=AT, opened_mono=100.0)


def command(number: int = 1, **changes: Any) -> Command:
    made = Command(
        site="ramsey",
        edge="ramsey-pi",
        id=f"019a1b2c-0000-7000-8000-{number:012x}",
        nonce=NONCE,
        issued_at=AT,
        expires_at=AT + 5 * SECOND,
        kind="unlock",
        door="front-door",
    )
    return msgspec.structs.replace(made, **changes)


def admit(
    to: CommandGate, what: Command, *, after_s: float = 0.1, wall_s: float | None = None, retained: bool = False
) -> None:
    wall = after_s if wall_s is None else wall_s
    to.admit(what, now=AT + wall * SECOND, mono=100.0 + after_s, retained=retained)


def test_a_fresh_command_is_admitted_once() -> None:
    opened = gate()
    admit(opened, command())
    with pytest.raises(CommandRefused, match="already seen"):
        admit(opened, command())


REFUSED = [
    ({"nonce": "cd" * 16}, {}, "another session"),
    ({}, {"retained": True}, "retained"),
    ({}, {"after_s": 5.0}, "too late"),
    ({}, {"after_s": 5.0, "wall_s": 0.0}, "monotonic"),
    ({}, {"after_s": 0.1, "wall_s": 3600.0}, "too late"),
    ({"expires_at": AT + timedelta(days=1)}, {}, "lives"),
    ({"expires_at": AT}, {}, "lives"),
    ({"issued_at": AT + timedelta(hours=1), "expires_at": AT + timedelta(hours=1, seconds=5)}, {}, "future"),
]


@pytest.mark.parametrize(("changes", "arrival", "words"), REFUSED)
def test_the_whole_family_of_replays_is_refused(changes: dict[str, Any], arrival: dict[str, Any], words: str) -> None:
    with pytest.raises(CommandRefused, match=words):
        admit(gate(), command(**changes), **arrival)


def test_a_refused_command_stays_refused_however_often_it_comes() -> None:
    opened = gate()
    with pytest.raises(CommandRefused):
        admit(opened, command(), after_s=6)
    with pytest.raises(CommandRefused):
        admit(opened, command(), after_s=1)


def test_a_session_forgets_no_id_but_refuses_when_it_has_seen_too_many() -> None:
    opened = gate()
    for number in range(SEEN_LIMIT):
        admit(opened, command(number))
    with pytest.raises(CommandRefused, match="more than"):
        admit(opened, command(SEEN_LIMIT))


def test_a_command_older_than_the_last_one_is_refused() -> None:
    opened = gate()
    admit(opened, command(2, issued_at=AT + SECOND))
    with pytest.raises(CommandRefused, match="overtaken"):
        admit(opened, command(1, issued_at=AT + SECOND - timedelta(milliseconds=1)))
    admit(opened, command(3, issued_at=AT + SECOND))


def test_a_refused_command_does_not_block_the_commands_before_it() -> None:
    opened = gate()
    with pytest.raises(CommandRefused, match="lives"):
        admit(opened, command(2, issued_at=AT + SECOND, expires_at=AT + timedelta(days=1)))
    admit(opened, command(1))


@given(st.floats(-4000, 4000), st.floats(0, 4000), st.floats(0.1, COMMAND_LIFE_S))
def test_nothing_is_carried_out_after_its_end_by_either_clock(wall_s: float, after_s: float, life_s: float) -> None:
    late = command(expires_at=AT + timedelta(seconds=life_s))
    try:
        admit(gate(), late, after_s=after_s, wall_s=wall_s)
    except CommandRefused:
        return
    assert AT + wall_s * SECOND < late.expires_at
    assert AT + after_s * SECOND < late.expires_at


def test_commands_are_not_late_after_a_hello_corrected_the_clock() -> None:
    opened = CommandGate(nonce=NONCE, opened_at=AT + timedelta(days=2), opened_mono=100.0)
    with pytest.raises(CommandRefused, match="monotonic"):
        admit(opened, command(1))
    opened.clock_moved(timedelta(days=-2))
    admit(opened, command(2))
