"""The messages of an edge are bounded under any input, and the result of an executed command is never lost."""

import asyncio
import tracemalloc
from datetime import timedelta

import pytest

from edge.net.command_results import RESULTS_LIMIT
from edge.net.controller_session import ANSWERED_LIMIT, REPLIES_LIMIT
from edge.wire.envelope import Purpose
from edge.wire.messages import Hello
from tests.edge.hall import EDGE, SITE, Hall, with_hall
from tests.edge.test_replays import by_id, releases


def hello(hall: Hall, number: int, *, session: str | None = None) -> bytes:
    made = Hello(site=SITE, edge=EDGE, nonce=f"{number:032x}", at=hall.clock.now(), session=session)
    return hall.seal(Purpose.HELLO, made)


def nonces(hall: Hall) -> list[int]:
    return [int(reply.nonce, 16) for reply in hall.replies()]


def test_a_repeated_hello_is_answered_once() -> None:
    async def act(hall: Hall) -> None:
        sealed = hello(hall, 7, session=hall.status().nonce)
        hall.send("hello", sealed)
        await asyncio.sleep(1)
        batches = len(hall.batches())
        for _ in range(500):
            hall.send("hello", sealed)
        await asyncio.sleep(3)
        assert nonces(hall) == [7]
        assert len(hall.batches()) == batches
        hall.send("hello", hello(hall, 8))
        await asyncio.sleep(1)
        assert nonces(hall) == [7, 8]

    with_hall(act)


@pytest.mark.cases_full
def test_old_hellos_in_any_number_take_no_memory_and_hold_up_neither_a_reply_nor_a_result() -> None:
    """All of them genuine, kept from earlier sessions, sent at once."""

    async def act(hall: Hall) -> None:
        old = [hello(hall, number) for number in range(1, 3000)]
        await asyncio.sleep(1)
        tracemalloc.start()
        for sealed in old[:1500]:
            hall.send("hello", sealed)
        hall.send("hello", hello(hall, 5000, session=hall.status().nonce))
        hall.send("command", hall.seal(Purpose.COMMAND, hall.command(id=by_id(1))))
        for sealed in old[1500:]:
            hall.send("hello", sealed)
        heard = len(hall.heard)
        await hall.until(lambda: any(result.outcome == "done" for result in hall.results()))
        names = [message.topic.rsplit(f"/{EDGE}/", 1)[1] for message in hall.heard[heard:]]
        said = [name for name in names if name not in ("hello", "command")]
        assert said.index("command/result") <= REPLIES_LIMIT
        await hall.until(lambda: 5000 in nonces(hall))
        await asyncio.sleep(5)
        grown = sum(each.size for each in tracemalloc.take_snapshot().statistics("filename") if "/edge/" in str(each))
        tracemalloc.stop()
        assert len(nonces(hall)) < len(old) + 1
        assert grown < 2_000_000
        assert releases(hall) == 1
        assert len(old) > ANSWERED_LIMIT

    with_hall(act)


def test_the_result_of_an_executed_command_outlasts_the_connection() -> None:
    async def act(hall: Hall) -> None:
        link = hall.link
        assert link is not None
        order = hall.command(id=by_id(2))
        hall.watch = lambda event: link.cut() if event.kind == "door" else None
        hall.send("command", hall.seal(Purpose.COMMAND, order))
        await hall.until(lambda: releases(hall) == 1)
        hall.watch = lambda event: None
        await asyncio.sleep(1)
        assert hall.results() == []
        link.repair()
        await hall.until(lambda: [result.id for result in hall.results()] == [order.id])
        assert hall.results()[0].outcome == "done"

    with_hall(act)


def test_refusals_are_dropped_before_executed_commands() -> None:
    async def act(hall: Hall) -> None:
        hall.send("command", hall.seal(Purpose.COMMAND, hall.command(id=by_id(3))))
        for number in range(4, 4 + 5 * RESULTS_LIMIT):
            late = hall.command(id=by_id(number), expires_at=hall.clock.now() - timedelta(seconds=1))
            hall.send("command", hall.seal(Purpose.COMMAND, late))
        await asyncio.sleep(5)
        assert [result.id for result in hall.results() if result.outcome == "done"] == [by_id(3)]
        assert len(hall.results()) <= 5 * RESULTS_LIMIT + 1

    with_hall(act)
