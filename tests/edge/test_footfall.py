"""Two beams show who came in, went out, turned back or lingered, and when a beam is blocked."""

from hypothesis import given
from hypothesis import strategies as st

from edge.sensors.footfall import (
    ALONE,
    BLOCKED_S,
    CALM_S,
    REORDER_S,
    UNSEEN,
    BeamChange,
    BeamFault,
    Crossing,
    Outcome,
    Pair,
    advance,
    feed,
    opened,
)
from edge.sensors.passages import Beam
from edge.wire.faults import FaultCode

Step = tuple[str, float]
"""``O`` breaks the outer beam, ``o`` clears it; ``I`` and ``i`` the inner one."""


def walk(*steps: Step, pair: Pair | None = None, after: float = 5.0) -> list[Outcome]:
    pair, outcomes = pair or Pair(), []
    for letter, tick in steps:
        beam: Beam = "outer" if letter in "Oo" else "inner"
        pair = feed(pair, BeamChange(tick=tick, beam=beam, broken=letter.isupper()))
        pair, new = advance(pair, tick)
        outcomes += new
    last = max(tick for _, tick in steps)
    pair, new = advance(pair, last + after)
    return outcomes + new


def ways(outcomes: list[Outcome]) -> list[str]:
    return [outcome.way for outcome in outcomes if isinstance(outcome, Crossing)]


IN = (("O", 1.0), ("I", 1.1), ("o", 1.2), ("i", 1.3))
OUT = (("I", 1.0), ("O", 1.1), ("i", 1.2), ("o", 1.3))


def test_walking_through_counts_by_direction() -> None:
    assert ways(walk(*IN)) == ["in"]
    assert ways(walk(*OUT)) == ["out"]


def test_two_close_behind_each_other_are_two() -> None:
    second = tuple((letter, tick + 0.35) for letter, tick in IN)
    assert ways(walk(*IN, *second)) == ["in", "in"]


def test_turning_back_in_the_doorway_counts_nobody() -> None:
    assert ways(walk(("O", 1.0), ("I", 1.1), ("i", 1.4), ("o", 1.5))) == ["back"]
    assert ways(walk(("O", 1.0), ("I", 1.1), ("o", 1.2), ("O", 1.6), ("i", 1.7), ("o", 1.8))) == ["back"]


def test_leaning_into_the_first_beam_counts_nobody() -> None:
    assert ways(walk(("O", 1.0), ("o", 1.4))) == ["back"]


def test_loitering_between_the_beams_counts_once() -> None:
    steps = [("O", 1.0), ("I", 1.1)]
    for at in range(10):
        steps += [("o", 2.0 + at), ("O", 2.5 + at)]
    assert ways(walk(*steps, ("o", 13.0), ("i", 13.1))) == ["in"]


def test_a_thin_person_who_never_breaks_both_beams_at_once_counts() -> None:
    assert ways(walk(("O", 1.0), ("o", 1.1), ("I", 1.3), ("i", 1.4))) == ["in"]
    assert ways(walk(("I", 1.0), ("i", 1.1), ("O", 1.3), ("o", 1.4))) == ["out"]


def test_two_people_leaning_in_far_apart_in_time_are_not_a_passage() -> None:
    assert ways(walk(("O", 1.0), ("o", 1.2), ("I", 3.0), ("i", 3.2))) == ["back", "back"]


def test_ticks_order_late_reports_of_the_library() -> None:
    pair = Pair()
    for letter, tick in (IN[1], IN[0], IN[3], IN[2]):
        beam: Beam = "outer" if letter in "Oo" else "inner"
        pair = feed(pair, BeamChange(tick=tick - 1, beam=beam, broken=letter.isupper()))
    assert ways(advance(pair, 5.0)[1]) == ["in"]


def test_a_blocked_beam_is_a_fault_and_counts_nobody_until_it_clears() -> None:
    steps: list[Step] = [("O", 1.0)]
    outcomes = walk(
        *steps, ("I", 200.0), ("i", 200.5), ("I", 201.0), ("i", 201.5), ("o", 300.0), *((w, t + 300) for w, t in IN)
    )
    assert outcomes == [
        BeamFault(beam="outer", present=True, since=1.0),
        BeamFault(beam="outer", present=False),
        Crossing(way="in"),
    ]


def test_a_beam_blocked_in_silence_is_reported_when_its_time_is_due() -> None:
    pair = feed(Pair(), BeamChange(tick=1.0, beam="inner", broken=True))
    pair, _ = advance(pair, 1.0 + REORDER_S)
    assert pair.due == 1.0 + BLOCKED_S + REORDER_S
    pair, outcomes = advance(pair, pair.due)
    assert outcomes == [BeamFault(beam="inner", present=True, since=1.0)]
    assert pair.due is None


def lone(times: int, first: float = 1.0, letter: str = "O") -> list[Step]:
    """One beam broken and cleared, over and over."""
    return [
        (name, first + number + half) for number in range(times) for name, half in ((letter, 0), (letter.lower(), 0.3))
    ]


def test_a_beam_never_broken_while_the_other_one_is_counts_nobody_and_is_a_fault_until_it_breaks_again() -> None:
    outcomes = walk(*lone(3 * ALONE), *((letter, at + 100) for letter, at in IN), *lone(1, 110.0))
    backs = outcomes.index(BeamFault(beam="inner", present=True, code=FaultCode.BEAM_DEAD, since=1.0))
    assert ways(outcomes[:backs]) == ["back"] * (ALONE - 1)
    assert outcomes[backs + 1 :] == [
        BeamFault(beam="inner", present=False, code=FaultCode.BEAM_DEAD),
        Crossing(way="in"),
        Crossing(way="back"),
    ]


def test_a_chattering_beam_is_a_fault_of_its_own_and_no_people_turning_back() -> None:
    steps = [(name, 1 + number / 20 + half) for number in range(2000) for name, half in (("I", 0), ("i", 0.025))]
    flickers = BeamFault(beam="inner", present=True, code=FaultCode.BEAM_FLICKERS, since=1.0)
    assert walk(*steps, after=CALM_S - 1) == [flickers]
    assert walk(*steps, after=CALM_S) == [
        flickers,
        BeamFault(beam="inner", present=False, code=FaultCode.BEAM_FLICKERS),
    ]


def test_somebody_who_walks_through_a_flicker_counts() -> None:
    steps = [(name, 1 + number / 4 + half) for number in range(400) for name, half in (("I", 0), ("i", 0.05))]
    middle = [(letter, 50.06 + 1.2 * at) for letter, at in (("O", 0.0), ("o", 0.3))]
    calm = [each for each in steps if not 50.1 <= each[1] <= 50.6]
    both = [*calm, *middle, ("I", 50.21), ("i", 50.55)]
    assert ways(walk(*sorted(both, key=lambda each: each[1]))) == ["in"]


def test_a_door_that_is_opened_again_and_again_without_a_break_has_silent_beams_until_one_is_broken() -> None:
    pair, found = Pair(), []
    for number in range(2 * UNSEEN):
        pair, new = opened(pair, 10.0 * number)
        found += new
    assert found == [BeamFault(beam="both", present=True, code=FaultCode.BEAMS_SILENT, since=0.0)]
    after = walk(*((letter, at + 300) for letter, at in IN), pair=pair)
    assert after == [BeamFault(beam="both", present=False, code=FaultCode.BEAMS_SILENT), Crossing(way="in")]


def test_a_door_contact_that_bounces_and_a_door_that_people_pass_prove_nothing() -> None:
    pair, found = Pair(), []
    for number in range(10 * UNSEEN):
        pair, new = opened(pair, 0.4 * number)
        found += new
    assert pair.unseen is not None
    pair, found = Pair(), []
    for number in range(2 * UNSEEN):
        pair, new = opened(pair, 10.0 * number)
        pair = feed(pair, BeamChange(tick=10.0 * number + 1, beam="outer", broken=number % 2 == 0))
        pair, more = advance(pair, 10.0 * number + 2)
        found += [*new, *more]
    assert [each for each in found if isinstance(each, BeamFault) and each.code is FaultCode.BEAMS_SILENT] == []


def test_a_person_passing_a_shut_door_proves_nothing_about_the_other_beam() -> None:
    pair, outcomes = Pair(), []
    for letter, tick in lone(3 * ALONE):
        pair = feed(pair, BeamChange(tick=tick, beam="outer", broken=letter == "O"))
        pair, new = advance(pair, tick + REORDER_S, shut=True)
        outcomes += new
    assert [each for each in outcomes if isinstance(each, BeamFault)] == []


def test_thin_people_breaking_one_beam_after_the_other_prove_both() -> None:
    steps: list[Step] = []
    for number in range(2 * ALONE):
        steps += [(letter, 10 * number + at) for letter, at in (("O", 1.0), ("o", 1.1), ("I", 1.3), ("i", 1.4))]
    assert walk(*steps) == [Crossing(way="in")] * (2 * ALONE)


passages = st.lists(
    st.tuples(st.sampled_from(["in", "out", "back in", "back out"]), st.floats(0.05, 0.5)), min_size=1, max_size=15
)


@given(passages)
def test_any_row_of_whole_passages_is_counted_exactly(people: list[tuple[str, float]]) -> None:
    steps: list[Step] = []
    now = 1.0
    for way, pace in people:
        letters = {"in": "OIoi", "out": "IOio", "back in": "OIio", "back out": "IOoi"}[way]
        for letter in letters:
            steps.append((letter, now))
            now += pace
        now += 0.1
    assert ways(walk(*steps)) == [way.split()[0] for way, _ in people]


@given(st.lists(st.tuples(st.sampled_from(["outer", "inner"]), st.booleans(), st.floats(0, 100)), max_size=40))
def test_any_noise_leaves_a_machine_with_its_next_wake_up_ahead(noise: list[tuple[Beam, bool, float]]) -> None:
    pair, tick = Pair(), 0.0
    for beam, broken, wait in noise:
        tick += wait
        pair = feed(pair, BeamChange(tick=tick, beam=beam, broken=broken))
        pair, _ = advance(pair, tick)
    for _ in range(200):
        if pair.due is None:
            break
        tick = max(tick, pair.due)
        pair, _ = advance(pair, tick)
    assert pair.due is None
