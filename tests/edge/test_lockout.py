"""Lock-out stops guessing and not the choir."""

import math
from collections import deque
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.doors.lockout import (
    CARDS,
    READERS,
    LockoutPolicy,
    LockoutState,
    from_stored,
    is_guess,
    locked_out,
    settled,
    to_store,
    valid,
    wrong,
)
from edge.wire.access_decision import Decision, Reason
from edge.wire.codec import decode, encode
from edge.wire.credentials import Method, Presented
from tests.edge.lockout_bound import most_tries

LAWS = [pytest.param(READERS, id="reader"), pytest.param(CARDS, id="card")]
ZERO = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
"""Two hours before the clocks go back."""
HOUR = 3600.0


def guess(policy: LockoutPolicy, tries: LockoutState, now: float) -> tuple[LockoutState, float]:
    """The next wrong try as soon as it is looked at, and when."""
    now = max(now, tries.until)
    return wrong(policy, tries, now), now


@pytest.mark.parametrize(
    ("policy", "first", "lasts"),
    [
        pytest.param(READERS, 5, [30, 60, 120, 240, 480, 900, 900], id="reader"),
        pytest.param(CARDS, 5, [900, 1800, 3600, 7200, 14_400, 28_800, 28_800], id="card"),
    ],
)
def test_lock_outs_grow_up_to_a_limit(policy: LockoutPolicy, first: int, lasts: list[int]) -> None:
    tries, now = LockoutState(), 0.0
    for step, lasting in enumerate(lasts):
        for _ in range((first if step == 0 else policy.then) - 1):
            tries, now = guess(policy, tries, now)
            assert not locked_out(tries, now)
        tries, now = guess(policy, tries, now)
        assert locked_out(tries, now)
        assert tries.until - now == lasting
        assert locked_out(tries, tries.until - 0.001)
        assert not locked_out(tries, tries.until)


@pytest.mark.parametrize("policy", LAWS)
def test_quiet_lowers_one_step_at_a_time(policy: LockoutPolicy) -> None:
    tries, now = LockoutState(), 0.0
    for _ in range(policy.first + 2 * policy.then):
        tries, now = guess(policy, tries, now)
    assert tries.steps == 3
    for quiet, steps in ((0.9, 3), (1.1, 2), (2.1, 1), (3.1, 0)):
        assert settled(policy, tries, tries.until + quiet * policy.quiet_s).steps == steps
    assert settled(policy, tries, tries.until + 4 * policy.quiet_s) == LockoutState()


@pytest.mark.parametrize("policy", LAWS)
def test_tries_short_of_a_lock_out_are_forgotten_after_quiet(policy: LockoutPolicy) -> None:
    tries = LockoutState()
    for _ in range(policy.first - 1):
        tries = wrong(policy, tries, 10.0)
    assert settled(policy, tries, 10.0 + policy.quiet_s - 1).wrong == policy.first - 1
    assert settled(policy, tries, 10.0 + policy.quiet_s) == LockoutState()


# The choir


@pytest.mark.cases_full
@given(st.randoms(use_true_random=False), st.floats(3.0, 30.0))
def test_twenty_people_mistyping_once_each_lock_nobody_out(chance: Random, pace_s: float) -> None:
    """Each mistypes and then types it right; up to four others may try in between, in any order."""
    tries, now = LockoutState(), 0.0
    waiting, mistyped = deque(range(20)), 0
    while waiting or mistyped:
        if mistyped == READERS.first - 1 or not waiting or (mistyped and chance.random() < 0.5):
            tries, mistyped = valid(READERS, tries, now), mistyped - 1
        else:
            waiting.popleft()
            tries, mistyped = wrong(READERS, tries, now), mistyped + 1
        assert not locked_out(tries, now)
        now += pace_s


def test_an_insider_gives_a_guesser_no_more_tries_than_the_forgiven_ones() -> None:
    """A guesser with a valid code types it after each guess."""
    tries, now, guessed = LockoutState(), 0.0, 0
    while not locked_out(tries, now):
        tries, now, guessed = wrong(READERS, tries, now), now + 5, guessed + 1
        tries = valid(READERS, tries, now)
    assert guessed == READERS.forgives + READERS.first
    assert tries.until > now


def test_a_valid_entry_ends_no_lock_out_and_lowers_no_step() -> None:
    tries = LockoutState()
    for _ in range(READERS.first):
        tries = wrong(READERS, tries, 0.0)
    assert valid(READERS, tries, 1.0).until == tries.until
    assert valid(READERS, tries, 1.0).steps == tries.steps


# The bound

_DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["guess", "guess", "guess", "valid", "cut"]),
        st.sampled_from([0.0, 0.0, 0.0, 5.0, 31.0, 700.0, 1799.0, 1801.0, 5400.0, 86_401.0]),
    ),
    max_size=120,
)


@pytest.mark.cases_full
@settings(max_examples=300)
@given(st.sampled_from([READERS, CARDS]), _DEEDS)
def test_no_window_has_more_tries_than_the_bound_after_any_actions(
    policy: LockoutPolicy, acts: list[tuple[str, float]]
) -> None:
    tries, now, tried = LockoutState(), 0.0, []
    for act, wait in acts:
        now += wait
        if act == "cut":
            kept = to_store(policy, tries, at=ZERO + timedelta(seconds=now), mono=now)
            tries = from_stored(policy, kept, at=ZERO + timedelta(seconds=now), mono=now) if kept else LockoutState()
        elif act == "valid":
            tries = valid(policy, tries, now)
        else:
            tries, now = guess(policy, tries, now)
            tried.append(now)
    for first, start in enumerate(tried):
        for last in range(first, len(tried)):
            assert last - first + 1 <= most_tries(policy, tried[last] - start)


@pytest.mark.parametrize("policy", LAWS)
@pytest.mark.parametrize("days", [0.01, 1, 7])
def test_the_bound_is_what_the_most_persistent_guesser_with_an_insider_reaches(
    policy: LockoutPolicy, days: float
) -> None:
    """It is no loose one: guessing without a pause, each try followed by a valid code, comes near to it."""
    tries, now, guessed = LockoutState(), 0.0, 0
    while True:
        tries, now = guess(policy, tries, now)
        if now > days * 24 * HOUR:
            break
        guessed += 1
        tries = valid(policy, tries, now)
    assert most_tries(policy, days * 24 * HOUR) * 0.95 - policy.first <= guessed <= most_tries(policy, days * 24 * HOUR)


# What counts


def typed(
    digits: str, reason: Reason = Reason.UNKNOWN, *, near: bool = False, card: str = ""
) -> tuple[Presented, Decision]:
    presented = Presented(digits=digits, card=card)
    return presented, Decision(granted=False, reason=reason, method=presented.method, near=near)


@pytest.mark.parametrize(
    ("presented", "decision", "counts"),
    [
        pytest.param(*typed("482913"), True, id="a code nobody has"),
        pytest.param(*typed("4829"), True, id="one of another length"),
        pytest.param(*typed("9618095769"), True, id="an offline code nobody has"),
        pytest.param(*typed("482913", Reason.TOO_EARLY, near=True), False, id="a holder who is early"),
        pytest.param(*typed("482913", Reason.TOO_LATE, near=True), False, id="a holder who is late"),
        pytest.param(*typed("482913", Reason.TOO_EARLY), True, id="a code of another week"),
        pytest.param(*typed("482913", Reason.NOT_NOW, near=True), False, id="a kind not let in now"),
        pytest.param(*typed("482913", Reason.LOCK_DOWN, near=True), False, id="a holder in a lock-down"),
        pytest.param(*typed("482913", Reason.NO_PLAN), False, id="no plan to look it up in"),
        pytest.param(*typed("482913", Reason.LOCKED_OUT), False, id="what was tried while codes wait"),
        pytest.param(*typed("48"), False, id="too few digits"),
        pytest.param(*typed("96180957"), False, id="a piece of an offline code"),
        pytest.param(*typed("482913482"), False, id="too many digits"),
        pytest.param(*typed("", card="w26:118:1603"), False, id="a card nobody has"),
        pytest.param(*typed("4829", Reason.WRONG_PIN, card="w26:118:1603"), False, id="a wrong PIN, at the reader"),
        pytest.param(
            Presented(token="HK1.x"),
            Decision(granted=False, reason=Reason.PASS_UNKNOWN, method=Method.QR),
            False,
            id="a pass",
        ),
    ],
)
def test_which_entries_count_as_guesses(presented: Presented, decision: Decision, counts: bool) -> None:
    assert is_guess(presented, decision) is counts


# The disk


@pytest.mark.parametrize("policy", LAWS)
@pytest.mark.parametrize("off_s", [0.0, 10.0, 400.0])
def test_pulling_the_plug_resets_nothing(policy: LockoutPolicy, off_s: float) -> None:
    """The clock continues from its stored time, or knows how long the power was off."""
    tries, now = LockoutState(), 0.0
    for _ in range(policy.first + policy.then - 1):
        tries, now = guess(policy, tries, now)
    tries, now = guess(policy, tries, now)
    kept = to_store(policy, tries, at=ZERO, mono=now)
    assert kept is not None
    again = from_stored(policy, decode(encode(kept), type(kept)), at=ZERO + timedelta(seconds=off_s), mono=7.0)
    left = max(0.0, policy.lasts_s(1) - off_s)
    assert (again.steps, again.series) == (2, policy.first + policy.then)
    assert locked_out(again, 7.0) is (left > 0)
    assert left == 0 or again.until == 7.0 + left


def test_tries_towards_the_next_lock_out_are_kept_too() -> None:
    tries = wrong(READERS, wrong(READERS, LockoutState(), 1.0), 2.0)
    kept = to_store(READERS, tries, at=ZERO, mono=2.0)
    assert kept is not None
    assert from_stored(READERS, kept, at=ZERO, mono=0.5).wrong == 2


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=365 * 20)])
def test_a_clock_set_back_extends_no_lock_out_beyond_its_full_length(back: timedelta) -> None:
    tries = LockoutState()
    for _ in range(READERS.first):
        tries = wrong(READERS, tries, 0.0)
    kept = to_store(READERS, tries, at=ZERO, mono=0.0)
    assert kept is not None
    assert from_stored(READERS, kept, at=ZERO - back, mono=0.0).until == READERS.lasts_s(0)


@pytest.mark.parametrize("policy", LAWS)
def test_nothing_is_stored_if_nothing_is_left(policy: LockoutPolicy) -> None:
    assert to_store(policy, LockoutState(), at=ZERO, mono=5.0) is None
    old = wrong(policy, LockoutState(), 0.0)
    assert to_store(policy, old, at=ZERO, mono=policy.quiet_s) is None


@pytest.mark.parametrize("policy", LAWS)
def test_slow_guessing_gains_nothing_over_guessing_without_a_pause(policy: LockoutPolicy) -> None:
    """Waiting for quiet, at any step, gives fewer tries in the long run than staying at the limit does."""
    limit = policy.then / policy.longest_s
    assert (policy.first - 1) / policy.quiet_s < limit
    for step in range(12):
        tries = policy.first if step == 0 else policy.then
        assert tries / (policy.lasts_s(step) + policy.quiet_s) < limit
    assert math.isfinite(limit)
