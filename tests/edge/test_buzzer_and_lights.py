"""What a door says by beeps and lights, and that people can tell one from the other."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from edge.doors.buzzer_and_lights import PATTERNS, DoorSignal, SignalPattern

SAID = [signal for signal in DoorSignal if signal is not DoorSignal.IDLE]
DOORS = (Path(__file__).parents[2] / "docs" / "doors.md").read_text()


def beeps(pattern: SignalPattern) -> tuple[object, ...]:
    """What is heard: each beep's length with the silence after it."""
    heard: list[list[float]] = []
    for frame in pattern.frames:
        if frame.beep:
            heard.append([frame.for_s, 0.0])
        elif heard:
            heard[-1][1] += frame.for_s
    return (pattern.repeats, *[(round(length, 3), round(gap, 3)) for length, gap in heard])


def lights(pattern: SignalPattern) -> tuple[object, ...]:
    """What is seen: colours with how long they last."""
    seen: list[tuple[bool, bool, float]] = []
    for frame in pattern.frames:
        if seen and seen[-1][:2] == (frame.green, frame.red):
            seen[-1] = (*seen[-1][:2], seen[-1][2] + frame.for_s)
        else:
            seen.append((frame.green, frame.red, frame.for_s))
    return (pattern.repeats, *[(green, red, round(length, 3)) for green, red, length in seen])


@pytest.mark.parametrize(("one", "other"), list(combinations(SAID, 2)))
def test_no_two_signals_sound_or_look_alike(one: DoorSignal, other: DoorSignal) -> None:
    assert beeps(PATTERNS[one]) != beeps(PATTERNS[other])
    assert lights(PATTERNS[one]) != lights(PATTERNS[other])


def test_every_answer_differs_in_the_number_or_the_length_of_its_beeps_not_in_their_gaps_alone() -> None:
    answers = [signal for signal in SAID if not PATTERNS[signal].repeats]
    heard = [tuple(frame.for_s for frame in PATTERNS[signal].frames if frame.beep) for signal in answers]
    assert len(set(heard)) == len(answers)


def test_fire_is_silent_since_the_sounders_must_be_heard() -> None:
    assert not any(frame.beep for frame in PATTERNS[DoorSignal.FIRE].frames)


@pytest.mark.parametrize("signal", SAID)
def test_an_answer_is_over_before_the_next_person_asks(signal: DoorSignal) -> None:
    pattern = PATTERNS[signal]
    assert pattern.repeats or sum(frame.for_s for frame in pattern.frames) <= 12


@pytest.mark.parametrize("signal", SAID)
@pytest.mark.parametrize("colour", ["green", "red"])
def test_no_light_flashes_more_than_three_times_a_second(signal: DoorSignal, colour: str) -> None:
    """WCAG 2.2, 2.3.1: what flashes faster may bring on a seizure."""
    at, began, was = 0.0, [-1.0], False
    for frame in PATTERNS[signal].frames * 3:
        lit: bool = getattr(frame, colour)
        began += [at] * (lit and not was)
        at, was = at + frame.for_s, lit
    assert all(later - earlier > 1 / 3 - 0.001 for earlier, later in pairwise(began))


def test_every_signal_is_explained_to_people() -> None:
    shown = set(re.findall(r"^\| `(\w+)` \|", DOORS.split("## Signals")[1].split("\n## ")[0], re.MULTILINE))
    assert shown == {signal.value for signal in SAID}


@pytest.mark.parametrize("signal", [signal for signal in SAID if not PATTERNS[signal].repeats])
def test_the_page_counts_the_beeps_rightly(signal: DoorSignal) -> None:
    (told,) = re.findall(rf"^\| `{signal.value}` \| ([^|]*) \|", DOORS, re.MULTILINE)
    words = {"one": 1, "two": 2, "three": 3, "six": 6}
    counted = sum(words[word] for word in re.findall(r"\b(one|two|three|six)\b", told))
    assert counted == sum(frame.beep for frame in PATTERNS[signal].frames)
