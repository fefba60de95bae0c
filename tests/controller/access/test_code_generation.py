"""What a code looks like, which ones nobody is given, and what a guess is worth."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from controller.access.code_generation import PATTERNS, choose, masked, pattern_of, spoken
from edge.doors.offline_code_table import OfflineCodes
from edge.wire.credentials import CODE_LENGTH_MAX, CODE_LENGTH_MIN, is_code
from tests.controller.access.guessing import OFFLINE_FITTING, OFFLINE_SPACE, guesses, offline_once, space

PAGE = Path(__file__).parents[3] / "docs" / "codes.md"


@pytest.mark.parametrize(
    ("example", "pattern"),
    [(example, pattern) for pattern in PATTERNS for example in pattern.examples],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_code_that_is_easy_to_guess_matches_a_pattern(example: str, pattern: object) -> None:
    assert pattern in [each for each in PATTERNS if each.holds(example)]
    assert pattern_of(example)


@pytest.mark.parametrize("code", ["482913", "123457", "604138", "8205", "71936", "4829137", "30581746"])
def test_a_code_that_is_hard_to_guess_matches_no_pattern(code: str) -> None:
    assert pattern_of(code) == ""


@pytest.mark.parametrize("code", ["482913", "123457", "604138", "8205", "71936"])
def test_no_digit_more_or_less_makes_every_code_easy(code: str) -> None:
    assert any(not pattern_of(code[:at] + digit + code[at + 1 :]) for at in range(len(code)) for digit in "0123456789")


def test_the_page_about_codes_lists_every_pattern_with_its_examples() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for each in PATTERNS:
        assert f"| {each.name} | {', '.join(each.examples)} |" in page


@pytest.mark.parametrize("length", range(CODE_LENGTH_MIN, CODE_LENGTH_MAX + 1))
def test_a_chosen_code_has_its_length_is_not_trivial_and_never_begins_with_9(length: int) -> None:
    codes = [choose(length) for _ in range(1000)]
    assert all(is_code(code, length) for code in codes)
    assert not any(pattern_of(code) for code in codes)
    assert {code[0] for code in codes} == set("012345678")
    assert any(left != right for left, right in pairwise(codes))


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("8205", "8205"),
        ("71936", "719 36"),
        ("482913", "482 913"),
        ("48291376", "4829 1376"),
        ("9618095769", "9 618 095 769"),
    ],
)
def test_a_code_is_read_out_in_groups(code: str, groups: str) -> None:
    assert spoken(code) == groups


@pytest.mark.parametrize(
    ("code", "shown"), [("8205", "8•••"), ("482913", "48••••"), ("48291376", "48••••••"), ("9618095769", "961•••••••")]
)
def test_a_masked_code_shows_its_length_and_a_third_of_its_digits(code: str, shown: str) -> None:
    assert masked(code) == shown


@pytest.mark.cases_full
def test_the_page_about_codes_says_what_a_guess_is_worth() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert guesses() in page
    assert f"Offline codes: {OFFLINE_FITTING:,} windows and slots fit a moment" in page
    assert f"opens once in {offline_once()} tries" in page


def test_a_guess_at_a_door_with_ten_codes_of_six_digits_opens_once_in_80_000_tries_and_an_offline_one_less() -> None:
    assert space(6) / 10 > 80_000
    assert space(6) / 10 < OFFLINE_SPACE / OFFLINE_FITTING


def test_the_table_of_a_door_holds_every_offline_code_that_fits_the_moment_and_those_around_it() -> None:
    codes, now = OfflineCodes("front-door", bytes(32)), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    for _ in codes.prepare(now):
        pass
    assert len(codes) >= OFFLINE_FITTING
