"""What a command does at the edge, and what it says of it."""

import asyncio

import pytest

from edge.wire.events import FaultData, FootfallData, RecountData
from edge.wire.faults import FaultCode
from edge.wire.messages import ResultCode
from tests.edge.disk import MemoryDisk
from tests.edge.hall import DOOR, EDGE, INNER, OUTER, STRIKE, Hall, hours, with_hall


def test_a_recount_is_shown_between_the_crossings_and_leaves_the_totals() -> None:
    async def act(hall: Hall) -> None:
        await hall.walk(OUTER, INNER)
        await hall.walk(OUTER, INNER)
        await hall.order(hall.command("recount", args={"counter": "front-beams", "inside": 9}))
        await hall.walk(INNER, OUTER)
        told = [data for event in hall.recorded if isinstance(data := event.read(), FootfallData | RecountData)]
        assert told[2] == RecountData(counter="front-beams", inside=9, total_ins=2, total_outs=0)
        assert isinstance(told[3], FootfallData)
        assert (told[3].total_ins, told[3].total_outs) == (2, 1)
        assert (hall.results()[-1].outcome, hall.results()[-1].why) == ("done", "counting on from 9")

    with_hall(act)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"counter": "back-beams", "inside": 3}, "no counter 'back-beams' here"),
        ({"inside": 3}, "no counter None here"),
        ({"counter": "front-beams"}, "from 0 to 100000"),
        ({"counter": "front-beams", "inside": -1}, "from 0 to 100000"),
        ({"counter": "front-beams", "inside": True}, "from 0 to 100000"),
        ({"counter": "front-beams", "inside": 2.5}, "from 0 to 100000"),
    ],
)
def test_an_impossible_recount_is_refused(args: dict[str, str | int | float | bool | None], words: str) -> None:
    async def act(hall: Hall) -> None:
        await hall.order(hall.command("recount", args=args))
        assert hall.results()[-1].outcome == "refused"
        assert words in (hall.results()[-1].why or "")
        assert hall.data(RecountData) == []

    with_hall(act)


def test_a_self_test_finds_all_well_and_moves_nothing() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours())
        before = list(hall.outputs[STRIKE])
        await hall.order(hall.command("self_test"))
        await hall.until(lambda: bool(hall.results()))
        said = hall.results()[-1]
        assert said.outcome == "done"
        assert (said.why or "").startswith("all is well: 1 lock works, 1 reader answers, the disk works")
        assert "clock synced" in (said.why or "")
        assert hall.outputs[STRIKE] == before

    with_hall(act)


class FullDisk(MemoryDisk):
    """Refuses what the self-test writes."""

    def replace(self, name: str, data: bytes) -> None:
        if name == "self-test":
            raise OSError(28, "No space left on device")
        super().replace(name, data)


def test_a_self_test_names_the_problem() -> None:
    async def act(hall: Hall) -> None:
        # A short holds the relay's pin high at any setting.
        for pin in hall.factory.pins.values():
            if pin._number == STRIKE:
                pin._state = True
        await hall.order(hall.command("self_test"))
        await hall.until(lambda: bool(hall.results()))
        said = hall.results()[-1].why or ""
        assert hall.results()[-1].code == ResultCode.FAULTS_FOUND
        assert f"{DOOR}: the lock does not respond (look for a short at the relay's pin" in said
        assert "the disk cannot be written: No space left on device" in said

    with_hall(act, disk=FullDisk())


def test_an_output_that_does_not_follow_its_setting_is_a_fault_of_the_edge_until_it_does() -> None:
    async def act(hall: Hall) -> None:
        (relay,) = [pin for pin in hall.factory.pins.values() if pin._number == STRIKE]
        code, part = FaultCode.OUTPUT_ASTRAY, str(STRIKE)
        relay._state = True
        await asyncio.sleep(61)
        assert hall.data(FaultData)[-1] == FaultData(code=code, part=part, present=True)
        await hall.order(hall.command("self_test"))
        await hall.until(lambda: bool(hall.results()))
        assert f"{EDGE}: an output does not have the level that was set: pin {STRIKE}" in (hall.results()[-1].why or "")
        relay._state = False
        await asyncio.sleep(61)
        assert hall.data(FaultData)[-1] == FaultData(code=code, part=part, present=False)

    with_hall(act)
