"""A plan is put together from its parts in any order, or refused with the reason."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.wire.codec import PART_LIMIT, encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.errors import Malformed, PlanRefused
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow
from edge.wire.plan import (
    ClosingPart,
    DoorPlan,
    DoorSpan,
    Grant,
    GrantsPart,
    HoursPart,
    Manifest,
    Mode,
    ModeSpan,
    ModesPart,
    OfflineListing,
    OfflinePart,
    Override,
    OverrideKind,
    OverridesPart,
    PartRef,
    Session,
    SessionsPart,
    check_manifest,
    digest,
    split,
)
from edge.wire.plan_assembly import Assembly, assemble, indexed

AT = datetime(2026, 10, 24, 18, 0, tzinfo=UTC)
EVENING = Interval(start=AT, end=AT + timedelta(hours=3))
HOURS = HoursPart(door="front-door", name="Front door", spans=(DoorSpan(during=EVENING, free=True),))


def grants(number: int) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            door="front-door",
            key=code_key(bytes(32), CredentialKind.BOOKING_CODE, f"{at:06}"),
            kind=CredentialKind.BOOKING_CODE,
            windows=(EVENING,),
        )
        for at in range(number)
    )


def manifest(parts: dict[str, bytes], version: int = 5, **changes: object) -> Manifest:
    made = Manifest(
        site="ramsey",
        edge="ramsey-pi",
        version=version,
        valid_from=AT,
        horizon=AT + timedelta(days=35),
        parts={name: PartRef(digest=digest(data), size=len(data)) for name, data in parts.items()},
    )
    return msgspec.structs.replace(made, **changes)


def test_parts_are_put_together_in_any_order() -> None:
    parts = {"hours": encode(HOURS), **split("grants", "grants", grants(2000))}
    shuffled = list(parts.items())
    random.Random(1).shuffle(shuffled)
    one, other = assemble(manifest(parts), parts), assemble(manifest(dict(shuffled)), parts)
    assert one.grant_count == other.grant_count == 2000
    for plan in (one, other):
        here = plan.doors["front-door"]
        assert here.hours == HOURS
        assert [tuple(here.with_key(grant.key)) for grant in grants(2000)] == [(grant,) for grant in grants(2000)]


def test_spans_and_sessions_are_sorted_by_start_in_any_order_of_the_parts() -> None:
    evenings = [Interval(start=AT + timedelta(days=day), end=EVENING.end + timedelta(days=day)) for day in range(4)]
    booking = "0195d6a0-0000-7000-8000-00000000000{}"
    sessions = [Session(booking=booking.format(9 - at), space="hall", window=when) for at, when in enumerate(evenings)]
    modes = [ModeSpan(during=when, mode=Mode.STAFFED) for when in evenings]
    assembly = Assembly(manifest({}))
    for at in (2, 0, 3, 1):
        assembly.add(SessionsPart(sessions=(sessions[at],)))
        assembly.add(ModesPart(spans=(modes[at],)))
    plan = assembly.finish()
    assert (list(plan.sessions), list(plan.modes)) == (sessions, modes)


def test_a_plan_without_closing_settings_uses_the_defaults_and_given_ones_replace_them() -> None:
    assembly = Assembly(manifest({}))
    assert assembly.finish().closing == ClosingPart()
    assembly.add(ClosingPart(warn_minutes=(30,), secure_within_minutes=90))
    assert assembly.finish().closing == ClosingPart(warn_minutes=(30,), secure_within_minutes=90)


def test_a_door_with_hours_alone_knows_no_code_pass_override_or_offline_code() -> None:
    assembly = Assembly(manifest({}))
    assembly.add(HOURS)
    assert assembly.finish().doors == {"front-door": DoorPlan(hours=HOURS)}
    assert assembly.finish().grant_count == 0


def test_a_part_about_one_door_applies_to_no_other() -> None:
    back = msgspec.structs.replace(HOURS, door="back-door")
    booking = "0195d6a0-0000-7000-8000-000000000001"
    (grant,) = (msgspec.structs.replace(each, booking=booking) for each in grants(1))
    override = Override(door="front-door", kind=OverrideKind.LOCK_DOWN, during=EVENING)
    known, gone = OfflineWindow(start=AT, quarters=12), OfflineWindow(start=AT, quarters=4)
    assembly = Assembly(manifest({}))
    for part in (
        GrantsPart(grants=(grant,)),
        OverridesPart(overrides=(override,)),
        OfflinePart(door="front-door", accepted=(OfflineListing(window=known, booking=booking),), revoked=(gone,)),
        back,
        HOURS,
    ):
        assembly.add(part)
    doors = assembly.finish().doors
    assert doors["back-door"] == DoorPlan(hours=back)
    assert doors["front-door"] == DoorPlan(
        hours=HOURS,
        grants=({grant.key: (grant,)},),
        owned=({booking: (grant,)},),
        overrides=(override,),
        offline={known: booking},
        revoked=frozenset({gone}),
    )


def test_many_grants_are_split_into_parts_within_the_limit() -> None:
    parts = split("grants", "grants", grants(2000))
    assert len(parts) > 1
    assert all(len(data) <= PART_LIMIT for data in parts.values())
    read = [msgspec.json.decode(data, type=GrantsPart) for data in parts.values()]
    assert tuple(grant for part in read for grant in part.grants) == grants(2000)


def test_a_hundred_thousand_equal_grants_become_one() -> None:
    (grant,) = grants(1)
    assembly = Assembly(manifest({}))
    assembly.add(HOURS)
    for _ in range(100):
        assembly.add(GrantsPart(grants=tuple(msgspec.structs.replace(grant) for _ in range(1000))))
    plan = assembly.finish()
    assert plan.grant_count == 100_000
    assert tuple(plan.doors["front-door"].with_key(grant.key)) == (grant,)


def test_grants_of_one_code_are_never_copied_for_the_next_one_of_it() -> None:
    """Which would take a hundred thousand of them the square of it."""
    (grant,) = grants(1)
    booking = "0195d6a0-0000-7000-8000-000000000001"
    many = tuple(
        msgspec.structs.replace(grant, booking=booking, windows=(Interval(start=AT, end=AT + timedelta(hours=at + 1)),))
        for at in range(1000)
    )
    first = GrantsPart(grants=many[:2])
    assembly = Assembly(manifest({}))
    for part in (HOURS, first, GrantsPart(grants=many[2:]), first):
        assembly.add(part)
    here = assembly.finish().doors["front-door"]
    assert [type(held) for index in here.grants for held in index.values()] == [dict, dict, dict]
    assert tuple(here.with_key(grant.key)) == tuple(here.of_owner(booking)) == many


def test_a_code_that_several_parts_hold_is_found_in_all_of_them() -> None:
    twins = [msgspec.structs.replace(each, hold_s=hold_s) for hold_s in (1, 2) for each in grants(1)]
    (other,) = grants(2)[1:]
    assembly = Assembly(manifest({}))
    for part in (HOURS, GrantsPart(grants=(twins[0],)), GrantsPart(grants=(other,)), GrantsPart(grants=(twins[1],))):
        assembly.add(part)
    here = assembly.finish().doors["front-door"]
    assert list(here.with_key(twins[0].key)) == twins
    assert list(here.with_key(other.key)) == [other]
    assert list(here.with_key(bytes(32))) == list(here.of_owner("nobody")) == []


def test_an_indexed_part_is_not_indexed_again() -> None:
    part = indexed(GrantsPart(grants=grants(3)))
    assembly = Assembly(manifest({}))
    assembly.add(HOURS)
    assembly.add(part)
    plan = assembly.finish()
    assert plan.doors["front-door"].grants[0] is part.by_key["front-door"]
    assert plan.grant_count == 3


def test_no_grants_make_no_parts() -> None:
    assert split("grants", "grants", ()) == {}


def test_a_missing_part_is_named() -> None:
    with pytest.raises(PlanRefused, match="part hours of plan 5"):
        assemble(manifest({"hours": encode(HOURS)}), {})


def test_a_part_with_other_bytes_is_refused() -> None:
    with pytest.raises(PlanRefused, match=r"^part hours is not the one that the manifest names$"):
        assemble(manifest({"hours": encode(HOURS)}), {"hours": encode(HOURS) + b" "})


@pytest.mark.parametrize("data", [b"{}", b'{"type":"weather"}', b'{"type":"hours"}', b"\xff", b"[]"])
def test_a_bad_part_is_malformed_even_if_its_digest_matches(data: bytes) -> None:
    with pytest.raises(Malformed):
        assemble(manifest({"hours": data}), {"hours": data})


def test_grants_of_a_door_without_hours_open_nothing() -> None:
    parts = split("grants", "grants", grants(3))
    assert assemble(manifest(parts), parts).doors == {}


def test_the_mode_is_closed_without_a_planned_mode_and_past_the_horizon() -> None:
    part = {"modes": encode(ModesPart(spans=(ModeSpan(during=EVENING, mode=Mode.STAFFED),)))}
    plan = assemble(manifest(part), part)
    assert [plan.mode_at(AT + timedelta(hours=hours)) for hours in (-1, 0, 3)] == [
        Mode.CLOSED,
        Mode.STAFFED,
        Mode.CLOSED,
    ]
    short = assemble(manifest(part, horizon=AT + timedelta(hours=1)), part)
    assert short.mode_at(AT + timedelta(hours=2)) is Mode.CLOSED


def test_a_newer_manifest_and_the_same_manifest_again_may_be_applied() -> None:
    applied = manifest({}, 5)
    check_manifest(manifest({}, 6), applied)
    check_manifest(manifest({}, 5), applied)
    check_manifest(manifest({}, 1), None)
    check_manifest(manifest({}, 6, follows=(5,)), applied)
    check_manifest(manifest({}, 9, follows=(8,)), applied)
    check_manifest(manifest({}, 9, follows=(3, 4, 5, 8)), applied)
    check_manifest(manifest({}, 5, follows=(3,)), manifest({}, 5, follows=(3,)))
    check_manifest(manifest({}, 6, follows=(0,)), None)


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        (manifest({}, 4), "older than 5"),
        (manifest({"hours": b""}, 5), "arrived again"),
        (manifest({}, 6, follows=(4,)), "does not follow 5"),
        (manifest({}, 6, follows=(0,)), "does not follow 5"),
        (manifest({}, 9, follows=(4, 7, 8)), "does not follow 5"),
        (manifest({}, 6, must_understand=("hours", "airlock")), "airlock"),
        (manifest({}, 6, horizon=AT), "ends before it begins"),
    ],
)
def test_any_other_manifest_is_refused_with_the_reason(offered: Manifest, words: str) -> None:
    with pytest.raises(PlanRefused, match=words):
        check_manifest(offered, manifest({}, 5))
