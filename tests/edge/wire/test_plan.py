"""A plan is put together from its parts in any order, or refused with the reason."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.wire.codec import PART_LIMIT, encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.errors import Malformed, PlanRefused
from edge.wire.interval import Interval
from edge.wire.plan import (
    Assembly,
    DoorSpan,
    Grant,
    GrantsPart,
    HoursPart,
    Manifest,
    Mode,
    ModeSpan,
    ModesPart,
    PartRef,
    assemble,
    check_manifest,
    digest,
    split,
)

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
    assert one.doors == other.doors


def test_many_grants_are_split_into_parts_within_the_limit() -> None:
    parts = split("grants", "grants", grants(2000))
    assert len(parts) > 1
    assert all(len(data) <= PART_LIMIT for data in parts.values())
    read = [msgspec.json.decode(data, type=GrantsPart) for data in parts.values()]
    assert tuple(grant for part in read for grant in part.grants) == grants(2000)


def test_a_hundred_thousand_equal_grants_are_one() -> None:
    (grant,) = grants(1)
    assembly = Assembly(manifest({}))
    assembly.add(HOURS)
    for _ in range(100):
        assembly.add(GrantsPart(grants=tuple(msgspec.structs.replace(grant) for _ in range(1000))))
    plan = assembly.finish()
    assert plan.grant_count == 100_000
    assert tuple(plan.doors["front-door"].grants[grant.key]) == (grant,)


def test_grants_of_one_code_are_never_copied_for_the_next_one_of_it() -> None:
    """Which would take a hundred thousand of them the square of it."""
    (grant,) = grants(1)
    booking = "0195d6a0-0000-7000-8000-000000000001"
    many = tuple(
        msgspec.structs.replace(grant, booking=booking, windows=(Interval(start=AT, end=AT + timedelta(hours=at + 1)),))
        for at in range(1000)
    )
    assembly = Assembly(manifest({}))
    assembly.add(HOURS)
    assembly.add(GrantsPart(grants=many[:2]))
    before = assembly.finish().doors["front-door"]
    assembly.add(GrantsPart(grants=many[2:]))
    after = assembly.finish().doors["front-door"]
    assert after.grants[grant.key] is before.grants[grant.key]
    assert after.owned[booking] is before.owned[booking]
    assert tuple(after.grants[grant.key]) == tuple(after.owned[booking]) == many


def test_no_grants_are_no_parts() -> None:
    assert split("grants", "grants", ()) == {}


def test_a_missing_part_is_named() -> None:
    with pytest.raises(PlanRefused, match="part hours of plan 5"):
        assemble(manifest({"hours": encode(HOURS)}), {})


def test_a_part_with_other_bytes_is_refused() -> None:
    with pytest.raises(PlanRefused, match="not the one"):
        assemble(manifest({"hours": encode(HOURS)}), {"hours": encode(HOURS) + b" "})


@pytest.mark.parametrize("data", [b"{}", b'{"type":"weather"}', b'{"type":"hours"}', b"\xff", b"[]"])
def test_a_part_that_is_none_is_malformed_although_its_digest_fits(data: bytes) -> None:
    with pytest.raises(Malformed):
        assemble(manifest({"hours": data}), {"hours": data})


def test_grants_of_a_door_without_hours_open_nothing() -> None:
    parts = split("grants", "grants", grants(3))
    assert assemble(manifest(parts), parts).doors == {}


def test_the_mode_is_closed_where_the_plan_says_nothing_and_past_its_horizon() -> None:
    part = {"modes": encode(ModesPart(spans=(ModeSpan(during=EVENING, mode=Mode.STAFFED),)))}
    plan = assemble(manifest(part), part)
    assert [plan.mode_at(AT + timedelta(hours=hours)) for hours in (-1, 0, 3)] == [
        Mode.CLOSED,
        Mode.STAFFED,
        Mode.CLOSED,
    ]
    short = assemble(manifest(part, horizon=AT + timedelta(hours=1)), part)
    assert short.mode_at(AT + timedelta(hours=2)) is Mode.CLOSED


def test_a_newer_manifest_and_the_same_one_again_may_be_applied() -> None:
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
        (manifest({"hours": b""}, 5), "second time"),
        (manifest({}, 6, follows=(4,)), "made without knowing of 5"),
        (manifest({}, 6, follows=(0,)), "made without knowing of 5"),
        (manifest({}, 9, follows=(4, 7, 8)), "made without knowing of 5"),
        (manifest({}, 6, must_understand=("hours", "airlock")), "airlock"),
        (manifest({}, 6, horizon=AT), "ends before it begins"),
    ],
)
def test_any_other_manifest_is_refused_with_the_reason(offered: Manifest, words: str) -> None:
    with pytest.raises(PlanRefused, match=words):
        check_manifest(offered, manifest({}, 5))
