"""One beam, a mat or a count input shows that somebody passed, and not which way."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.sensors.config import CounterConfig
from edge.sensors.footfall import BLOCKED_S, CALM_S, FLICKERS, UNSEEN
from edge.sensors.one_beam import APART_S, SHORTEST_S, OneBeam, OneBeamFault, advance, change, opened
from edge.system.pinout import InputPin
from edge.wire.events import FaultData, FootfallData
from edge.wire.faults import FaultCode, describe
from tests.edge.hall import DOOR, OUTER, Hall, config, named, with_hall
from tests.edge.test_config import GOOD, loaded

MAT = msgspec.structs.replace(
    config(), counters=(CounterConfig(id="side-mat", door=DOOR, both_ways=InputPin(pin=OUTER)),)
)


def played(*breaks: tuple[float, float], apart_s: float = APART_S) -> tuple[OneBeam, int, list[OneBeamFault]]:
    """After breaks from one tick to another: the beam, how many passed, and the faults."""
    beam, passed, faults = OneBeam(), 0, list[OneBeamFault]()
    for start, end in breaks:
        for broken, tick in ((True, start), (False, end)):
            beam, people, found = change(beam, broken, tick, apart_s=apart_s)
            passed, faults = passed + people, faults + found
    return beam, passed, faults


@pytest.mark.parametrize(
    ("breaks", "apart_s", "passed"),
    [
        ([(1.0, 1.3)], APART_S, 1),
        ([(1.0, 1.1), (1.2, 1.3)], APART_S, 1),
        ([(1.0, 1.1), (1.2, 1.3), (1.5, 1.6)], APART_S, 1),
        ([(1.0, 1.3), (2.0, 2.3)], APART_S, 2),
        ([(1.0, 1.1), (1.2, 1.3)], 0.0, 2),
        ([(1.0, 1.01)], APART_S, 0),
        ([(1.0, 1.0 + BLOCKED_S)], APART_S, 0),
    ],
)
def test_a_passage_is_a_break_and_what_follows_closely(
    breaks: list[tuple[float, float]], apart_s: float, passed: int
) -> None:
    assert played(*breaks, apart_s=apart_s)[1] == passed


def test_a_blocked_beam_is_a_fault_since_it_was_broken_and_counts_again_when_it_is_clear() -> None:
    beam, _, _ = change(OneBeam(), True, 7.0)
    assert beam.due == 7.0 + BLOCKED_S
    beam, faults = advance(beam, 7.0 + BLOCKED_S)
    assert faults == [OneBeamFault(code=FaultCode.BEAM_BLOCKED, present=True, since=7.0)]
    assert describe(faults[0].code, faults[0].part) == "the single beam is blocked"
    beam, people, faults = change(beam, False, 300.0)
    assert (people, [each.present for each in faults], beam.due) == (0, [False], None)
    assert change(change(beam, True, 400.0)[0], False, 400.3)[1] == 1


def test_a_flicker_counts_nobody_and_is_a_fault_until_the_beam_is_calm() -> None:
    breaks = [(1 + each / 10, 1 + each / 10 + SHORTEST_S / 2) for each in range(2 * int(FLICKERS))]
    beam, passed, faults = played(*breaks)
    assert (passed, [(each.code, each.present) for each in faults]) == (0, [(FaultCode.BEAM_FLICKERS, True)])
    assert beam.due is not None
    assert [each.present for each in advance(beam, beam.due)[1]] == [False]
    assert beam.due < 10 + CALM_S


def test_a_door_that_is_opened_again_and_again_without_a_break_has_a_silent_beam() -> None:
    beam, faults = OneBeam(), list[OneBeamFault]()
    for each in range(UNSEEN):
        beam, found = opened(beam, 10.0 * each)
        faults += found
    assert [(each.code, each.present, each.since) for each in faults] == [(FaultCode.BEAMS_SILENT, True, 0.0)]
    beam, _, _ = change(beam, True, 500.0)
    assert [each.present for each in change(beam, False, 500.3)[2]] == [False]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1000)), max_size=40))
def test_any_noise_counts_no_more_people_than_breaks_and_leaves_no_wake_up_in_the_past(
    noise: list[tuple[bool, float]],
) -> None:
    beam, passed = OneBeam(), 0
    for broken, tick in sorted(noise, key=lambda each: each[1]):
        beam, people, _ = change(beam, broken, tick)
        passed += people
        assert beam.due is None or beam.due > tick
    assert passed <= sum(broken for broken, _ in noise)


# At an edge


async def pass_by(hall: Hall) -> None:
    await hall.drive(OUTER, False)
    await asyncio.sleep(0.3)
    await hall.drive(OUTER, True)
    await asyncio.sleep(1)


def test_passages_are_events_of_their_own_which_are_neither_in_nor_out() -> None:
    async def act(hall: Hall) -> None:
        for _ in range(3):
            await pass_by(hall)
        counted = [
            (each.door, each.passages, each.total_passages, each.ins, each.outs) for each in hall.data(FootfallData)
        ]
        assert counted == [(DOOR, 1, 1, 0, 0), (DOOR, 1, 2, 0, 0), (DOOR, 1, 3, 0, 0)]
        values = hall.state("side-mat").values
        assert (values["passages_today"], values["total_passages"]) == (3, 3)
        assert not {"ins_today", "outs_today", "total_ins", "total_outs"} & values.keys()
        await hall.drive(OUTER, False)
        await asyncio.sleep(BLOCKED_S + 1)
        assert [named(each) for each in hall.data(FaultData)] == ["beam_blocked:single"]
        assert hall.state("side-mat").values["not_counting_since"] is not None

    with_hall(act, config=MAT)


def test_totals_and_the_day_go_on_after_a_restart_and_one_of_the_other_kind_keeps_its_own() -> None:
    async def act(hall: Hall) -> None:
        await pass_by(hall)
        await pass_by(hall)
        await hall.stop()
        await hall.start()
        await pass_by(hall)
        assert hall.data(FootfallData)[-1].total_passages == 3
        assert hall.state("side-mat").values["passages_today"] == 3
        await hall.stop()
        beams = msgspec.structs.replace(config().counters[0], id="side-mat")
        hall.config = msgspec.structs.replace(config(), counters=(beams,))
        await hall.start()
        await hall.walk(OUTER, config().counters[0].inputs["inner"].pin)
        await asyncio.sleep(2)
        last = hall.data(FootfallData)[-1]
        assert (last.ins, last.total_ins, last.passages, last.total_passages) == (1, 1, 0, 3)

    with_hall(act, config=MAT)


def test_nobody_can_be_counted_on_by_it() -> None:
    async def act(hall: Hall) -> None:
        await hall.order(hall.command("recount", args={"counter": "side-mat", "inside": 9}))
        assert "does not tell in from out" in (hall.results()[-1].why or "")

    with_hall(act, config=MAT)


COUNTER = '[[counter]]\nid = "side"\n'
AREA = '[[area]]\nid = "all"\ndoors = ["front-door"]\nzones = ["hall"]\ncounters = ["side"]\n'


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        (COUNTER, "counter[1]", "has not the inputs of a counter"),
        (COUNTER + "outer = { pin = 4 }\n", "counter[1]", "has not the inputs"),
        (COUNTER + "outer = { pin = 4 }\ninner = { pin = 7 }\nboth_ways = { pin = 8 }\n", "counter[1]", "has not"),
        (COUNTER + "both_ways = { pin = 23 }\n", "counter[1].both_ways", "23"),
        (
            COUNTER + 'both_ways = { pin = 4 }\ndoor = "front-door"\n' + AREA,
            "area[0].counters",
            "does not tell in from out",
        ),
        (
            '[[mqtt_counter]]\nid = "side"\ntopic = "a"\nboth_ways = true\nswapped = true\n[mqtt_sensors]\n',
            "mqtt_counter[0].swapped",
            "nobody knows",
        ),
        (
            '[[mqtt_counter]]\nid = "side"\ntopic = "a"\ntotal = "n"\n[mqtt_sensors]\n',
            "mqtt_counter[0].total",
            "both ways",
        ),
    ],
)
def test_a_mistake_in_the_configuration_is_named(tmp_path: Path, text: str, key: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD + text)
    assert caught.value.key == key
    assert why in str(caught.value)
