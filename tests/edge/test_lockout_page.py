"""docs/lock-out.md: what guessing is worth, worked out from the constants it rests on."""

import math
from datetime import timedelta
from pathlib import Path

import pytest

from edge.doors.lockout import CARDS, READERS, LockoutPolicy
from edge.wire.access_decision import NEAR
from tests.controller.access.guessing import OFFLINE_FITTING, OFFLINE_SPACE, space
from tests.edge.lockout_bound import most_tries

PAGE = (Path(__file__).parents[2] / "docs" / "lock-out.md").read_text(encoding="utf-8")
DAY = 86_400.0
OFFLINE = OFFLINE_FITTING / OFFLINE_SPACE
"""The chance that one guess of ten digits fits one of the windows and slots of the moment, at an offline door."""
ISSUED = 1 / OFFLINE_SPACE
"""The chance that one guess is one offline code that a plan lists, which alone opens at an online door."""


def chance(tries: int, one: float) -> float:
    """That one of so many tries opens, each with the same chance."""
    return 1 - (1 - one) ** tries


def words(value: float) -> str:
    """Two digits that count, as a percentage."""
    places = max(0, 1 - math.floor(math.log10(value * 100)))
    return f"{value * 100:.{places}f} %"


def tries_table() -> str:
    rows = ["| | an hour | a day | a week |", "|---|---|---|---|"]
    for name, policy in (("codes at one reader", READERS), ("PINs after one card, at one edge", CARDS)):
        counts = [f"{most_tries(policy, within):,}" for within in (3600.0, DAY, 7 * DAY)]
        rows.append(f"| {name} | {' | '.join(counts)} |")
    return "\n".join(rows)


def codes_table() -> str:
    rows = [
        "| length | codes | a day | a week | a day, two readers | a day, offline |",
        "|---|---|---|---|---|---|",
    ]
    day, week = most_tries(READERS, DAY), most_tries(READERS, 7 * DAY)
    for length in (4, 5, 6):
        for codes in (1, 10):
            one = codes / space(length)
            cells = [chance(day, one), chance(week, one), chance(2 * day, one), chance(day, max(one, OFFLINE))]
            rows.append(f"| {length} digits | {codes} | {' | '.join(map(words, cells))} |")
    return "\n".join(rows)


def law_table() -> str:
    def row(name: str, policy: LockoutPolicy) -> str:
        lasts = ", ".join(_time(policy.lasts_s(step)) for step in range(6))
        return (
            f"| {name} | {policy.first} | {policy.then} | {lasts} at most | {_time(policy.quiet_s)} | "
            f"{policy.forgives}, and one more every {_time(policy.forgives_every_s)} |"
        )

    head = "| | first after | each further after | they last | one step back after quiet of | valid entries forgive |"
    return "\n".join(
        [head, "|---|---|---|---|---|---|", row("codes at a reader", READERS), row("PINs of a card", CARDS)]
    )


def _time(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


@pytest.mark.cases_full
@pytest.mark.parametrize("table", [law_table, tries_table, codes_table])
def test_the_page_has_the_numbers_derived_from_the_policy(table: object) -> None:
    assert table() in PAGE  # type: ignore[operator]


def test_a_week_of_guessing_a_pin_with_the_card_gains_what_the_page_says() -> None:
    week = most_tries(CARDS, 7 * DAY)
    assert f"in a week {words(chance(week, 1 / space(4)))}" in PAGE


@pytest.mark.cases_full
def test_offline_codes_are_worth_guessing_out_of_touch_only_as_the_page_says() -> None:
    day = most_tries(READERS, DAY)
    assert f"in a day with a chance of {words(chance(day, ISSUED))}." in PAGE
    assert chance(day, OFFLINE) > chance(day, 1 / space(6)) > 1000 * chance(day, ISSUED)


def test_the_counted_codes_are_those_answered_as_existing() -> None:
    """Such a code is not a wrong try, and a guesser who found it early can come back: the lock-out uses ``NEAR``."""
    hours = NEAR / timedelta(hours=1)
    assert f"opens there then or within the next {hours:g} hours" in " ".join(PAGE.split())


def test_six_digits_are_enough_for_a_hall_and_four_are_not() -> None:
    """The judgement on the page: under half a percent a day with ten codes, over a third of all days."""
    assert chance(most_tries(READERS, DAY), 10 / space(6)) < 0.005
    assert chance(most_tries(READERS, DAY), 10 / space(4)) > 0.33
