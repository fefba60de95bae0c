"""What two beams make of named scenes in a doorway, with the truth, as ``docs/counting.md`` has it."""

import random
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.sensors.footfall import BLOCKED_S, BeamChange, BeamFault, Crossing, Pair, advance, feed
from edge.sensors.passages import Beam
from edge.wire.faults import FaultCode
from firmware_sim.beam_crossing import INNER, OUTER, BeamPulse
from firmware_sim.doorway_scenes import SCENES, Scene, walks

TIMES = 200
SUNNY = {"sun in one beam", "sun in both beams"}
DOCUMENT = Path(__file__).parents[2] / "docs/counting.md"


class Counted(msgspec.Struct, frozen=True):
    ins: int
    outs: int
    faults: tuple[tuple[FaultCode, str], ...] = ()


def counted(changes: Iterable[BeamPulse], *, rest_s: float = 2.0) -> Counted:
    """What the decoder makes of changes, woken when it asks for it."""
    pair, outcomes, tick = Pair(), [], 0.0
    for change in changes:
        tick = 1.0 + change.at_s
        while pair.due is not None and pair.due <= tick:
            pair, new = advance(pair, pair.due)
            outcomes += new
        beam: Beam = "outer" if change.beam == OUTER else "inner"
        pair = feed(pair, BeamChange(tick=tick, beam=beam, broken=change.broken))
    pair, new = advance(pair, tick + rest_s)
    outcomes += new
    ways = [each.way for each in outcomes if isinstance(each, Crossing)]
    faults = tuple((each.code, each.beam) for each in outcomes if isinstance(each, BeamFault) and each.present)
    return Counted(ways.count("in"), ways.count("out"), faults)


def later(scene: Scene, seconds: float) -> list[BeamPulse]:
    return [msgspec.structs.replace(each, at_s=each.at_s + seconds) for each in scene.changes]


def a_row(scenes: Iterable[Scene], wait_s: float) -> list[BeamPulse]:
    """One scene after the other."""
    changes: list[BeamPulse] = []
    at = 0.0
    for scene in scenes:
        changes += later(scene, at)
        at = changes[-1].at_s + wait_s
    return changes


def error(name: str) -> tuple[Scene, Counted, float]:
    """The true and the counted sums of a scene, and in how many of a hundred it was counted wrong."""
    truth, found, wrong = Scene(changes=()), Counted(0, 0), 0
    for seed in range(TIMES):
        scene = SCENES[name](random.Random(f"{name}/{seed}"))
        one = counted(scene.changes)
        truth = Scene(changes=(), ins=truth.ins + scene.ins, outs=truth.outs + scene.outs)
        found = Counted(found.ins + one.ins, found.outs + one.outs)
        wrong += (one.ins, one.outs) != (scene.ins, scene.outs)
    return truth, found, 100 * wrong / TIMES


@pytest.mark.cases_full
def test_the_error_of_each_scene_is_the_documented_one() -> None:
    rows = []
    for name in SCENES:
        truth, found, wrong = error(name)
        rows.append(f"| {name} | {truth.ins} / {truth.outs} | {found.ins} / {found.outs} | {wrong:g} % |")
    print("\n".join(["", *rows]))  # noqa: T201
    document = DOCUMENT.read_text()
    assert [row for row in rows if row not in document] == []


@pytest.mark.parametrize("name", ["two abreast", "in and out at once"])
def test_what_two_beams_cannot_see_never_counts_more_than_passed(name: str) -> None:
    for seed in range(TIMES):
        scene = SCENES[name](random.Random(f"{name}/{seed}"))
        found = counted(scene.changes)
        assert found.ins <= scene.ins
        assert found.outs <= scene.outs


@pytest.mark.cases_full
@pytest.mark.parametrize("name", sorted(SUNNY))
def test_the_sun_is_reported_each_time(name: str) -> None:
    for seed in range(100):
        found = counted(SCENES[name](random.Random(f"{name}/{seed}")).changes)
        assert {code for code, _ in found.faults} == {FaultCode.BEAM_FLICKERS}


seeds = st.integers(0, 10**9)
_exact = sorted(set(SCENES) - SUNNY - {"two abreast", "in and out at once", "swings an arm"})


@given(st.lists(st.sampled_from(_exact), min_size=1, max_size=8), seeds, st.floats(0.7, 5))
def test_any_row_of_people_is_counted_exactly(names: list[str], seed: int, wait_s: float) -> None:
    rng = random.Random(seed)
    scenes = [SCENES[name](rng) for name in names]
    found = counted(a_row(scenes, wait_s))
    assert (found.ins, found.outs) == (sum(each.ins for each in scenes), sum(each.outs for each in scenes))


@given(seeds, st.floats(0.1, 400))
@example(67082, 331.75).via("a beam that clears just before two minutes are over")
def test_a_clean_passage_counts_at_any_speed(seed: int, slower: float) -> None:
    scene = walks(random.Random(seed))
    changes = [msgspec.structs.replace(each, at_s=each.at_s * slower) for each in scene.changes]
    longest = max(b.at_s - a.at_s for a in changes for b in changes if a.beam == b.beam and not b.broken)
    found = counted(changes)
    # Who stands in a beam for two minutes blocks it.
    expected = (scene.ins, scene.outs) if longest < BLOCKED_S else (0, 0)
    assert (found.ins, found.outs) == expected


@pytest.mark.cases_full
@given(seeds, st.sampled_from([OUTER, INNER]))
def test_a_flicker_of_one_beam_counts_nobody(seed: int, beam: str) -> None:
    rng, changes, at = random.Random(seed), [], 0.0
    for _ in range(rng.randint(1, 200)):
        for broken in (True, False):
            changes.append(BeamPulse(at_s=at, beam=beam, broken=broken))
            at += rng.uniform(0.001, 0.119 if broken else 1.0)
    found = counted(changes)
    assert (found.ins, found.outs) == (0, 0)


@pytest.mark.parametrize("beam", [OUTER, INNER])
def test_with_a_beam_that_is_dead_or_blocked_nobody_counts_and_the_beam_is_named(beam: str) -> None:
    rng = random.Random(beam)
    people = a_row([walks(rng) for _ in range(100)], 2.0)
    other = [each for each in people if each.beam != beam]
    assert counted(other) == Counted(0, 0, ((FaultCode.BEAM_DEAD, beam),))
    blocked = [BeamPulse(at_s=0.0, beam=beam, broken=True), *later(Scene(changes=tuple(other)), 1.0)]
    assert counted(blocked) == Counted(0, 0, ((FaultCode.BEAM_BLOCKED, beam),))


def test_nothing_is_counted_backwards_when_the_beams_are_swapped_but_in_is_out() -> None:
    people = [walks(random.Random(seed)) for seed in range(100)]
    swapped = [
        msgspec.structs.replace(each, beam=INNER if each.beam == OUTER else OUTER) for each in a_row(people, 2.0)
    ]
    found = counted(swapped)
    assert (found.outs, found.ins) == (sum(each.ins for each in people), sum(each.outs for each in people))
