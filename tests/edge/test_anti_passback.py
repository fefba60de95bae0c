"""Anti-passback tells or refuses a second way in, never the way out, and forgets rather than keeps somebody out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.doors.anti_passback import LONGEST, Forgot, Inside, agrees, apply, came_in, forget, left
from edge.wire.access_decision import Decision, Reason
from edge.wire.credentials import CredentialKind, Method
from edge.wire.plan import Passback

T = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
ADA, BEN = "019a1b2c-0000-7000-8000-000000000001", "019a1b2c-0000-7000-8000-000000000002"
MEMBER, STAFF = CredentialKind.MEMBER_CARD_PIN, CredentialKind.STAFF


def granted(holder: str | None, kind: CredentialKind = MEMBER) -> Decision:
    return Decision(granted=True, reason=Reason.GRANTED, method=Method.CARD_PIN, hold_s=5, kind=kind, holder=holder)


TABLE = [
    # policy, kind, holder, granted, told
    (Passback.OFF, MEMBER, ADA, True, False),
    (Passback.SOFT, MEMBER, ADA, True, True),
    (Passback.HARD, MEMBER, ADA, False, True),
    (Passback.HARD, CredentialKind.CONTRACTOR, ADA, False, True),
    (Passback.HARD, STAFF, ADA, True, True),
    (Passback.HARD, CredentialKind.KEY_HOLDER, ADA, True, True),
    (Passback.HARD, MEMBER, BEN, True, False),
    (Passback.HARD, CredentialKind.BOOKING_CODE, None, True, False),
]


@pytest.mark.parametrize(("policy", "kind", "holder", "opens", "told"), TABLE)
def test_a_second_entry_is_reported_or_refused_as_the_door_is_configured(
    policy: Passback, kind: CredentialKind, holder: str | None, opens: bool, told: bool
) -> None:
    inside = came_in(Inside(), ADA, T)
    decision = apply(inside, policy, granted(holder, kind), T + timedelta(hours=1))
    assert (decision.granted, decision.passback) == (opens, told)
    assert decision.reason is (Reason.GRANTED if opens else Reason.PASSBACK)
    assert (decision.hold_s > 0) is opens


def test_a_refused_request_stays_as_it_is() -> None:
    refused = Decision(granted=False, reason=Reason.NOT_NOW, method=Method.CARD_PIN, kind=MEMBER, holder=ADA)
    assert apply(came_in(Inside(), ADA, T), Passback.HARD, refused, T) is refused


@pytest.mark.parametrize("why", Forgot)
def test_after_a_night_a_fire_or_a_wrong_count_everybody_may_enter(why: Forgot) -> None:
    inside = forget(came_in(Inside(), ADA, T), why)
    assert apply(inside, Passback.HARD, granted(ADA), T).granted


def test_a_person_who_left_may_enter_again_and_nobody_else_instead() -> None:
    inside = left(came_in(came_in(Inside(), ADA, T), BEN, T), ADA)
    assert apply(inside, Passback.HARD, granted(ADA), T).granted
    assert not apply(inside, Passback.HARD, granted(BEN), T).granted


def test_nobody_is_inside_for_ever_or_since_a_future_time() -> None:
    inside = came_in(Inside(), ADA, T)
    assert not apply(inside, Passback.HARD, granted(ADA), T + LONGEST - timedelta(seconds=1)).granted
    assert apply(inside, Passback.HARD, granted(ADA), T + LONGEST).granted
    assert apply(inside, Passback.HARD, granted(ADA), T - timedelta(seconds=1)).granted


def test_a_count_below_the_people_known_to_be_inside_is_wrong() -> None:
    inside = came_in(came_in(Inside(), ADA, T), BEN, T)
    assert [agrees(inside, counted) for counted in (1, 2, 30)] == [False, True, True]


people = st.sampled_from([ADA, BEN, None])


@given(st.lists(st.tuples(st.sampled_from(["in", "out", "forget"]), people), max_size=30), people)
def test_the_last_person_to_enter_without_leaving_counts_as_inside(
    steps: list[tuple[str, str | None]], asked: str | None
) -> None:
    inside, expected = Inside(), set[str]()
    for step, who in steps:
        if step == "in":
            inside, expected = came_in(inside, who, T), expected | ({who} if who else set())
        elif step == "out":
            inside, expected = left(inside, who), expected - {who or ""}
        else:
            inside, expected = forget(inside, Forgot.NIGHT), set()
    assert set(inside.since) == expected
    assert apply(inside, Passback.HARD, granted(asked), T).granted is (asked not in expected)
