"""What only a door knows, what it no longer has, and what that makes of the next plan."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from controller.plans.compile import ACCEPTED, Compiled
from controller.plans.restored.carry_over import NOTHING, carried, carry
from controller.plans.restored.model import Item, ItemKind, RestoredPiece, contents, identity
from controller.plans.restored.plan_comparison import Settled, difference
from edge.wire.codec import decode, encode
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow
from edge.wire.plan import (
    HORIZON,
    DoorSpan,
    Grant,
    GrantsPart,
    HoursPart,
    Mode,
    ModeSpan,
    ModesPart,
    OfflineListing,
    OfflinePart,
    Override,
    OverrideKind,
    OverridesPart,
    Part,
    PartRef,
    Session,
    SessionsPart,
    digest,
)

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
WINDOW = Interval(start=NOW, end=NOW + HORIZON)
DOOR = "front-door"
CHOIR, CLUB, UNA = (f"0195c1a0-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))
LATER = Interval(start=NOW + timedelta(hours=2), end=NOW + timedelta(hours=4))
OVER = Interval(start=NOW - timedelta(hours=3), end=NOW)


def hours(start: int, end: int) -> Interval:
    return Interval(start=NOW + timedelta(hours=start), end=NOW + timedelta(hours=end))


def code(booking: str = CHOIR, window: Interval = LATER, *, key: int = 1) -> GrantsPart:
    kind = CredentialKind.BOOKING_CODE
    grant = Grant(door=DOOR, key=bytes([key] * 32), kind=kind, windows=(window,), booking=booking)
    return GrantsPart(grants=(grant,))


def person(kind: CredentialKind = CredentialKind.STAFF, *, key: int = 5, window: Interval = WINDOW) -> GrantsPart:
    return GrantsPart(grants=(Grant(door=DOOR, key=bytes([key] * 32), kind=kind, windows=(window,), holder=UNA),))


def session(booking: str = CHOIR, window: Interval = LATER, *, people: int = 12) -> SessionsPart:
    return SessionsPart(sessions=(Session(booking=booking, space="hall", window=window, expected=people),))


def override(kind: OverrideKind = OverrideKind.LOCK_DOWN, during: Interval = LATER) -> OverridesPart:
    return OverridesPart(overrides=(Override(door=DOOR, kind=kind, during=during),))


def free(*when: Interval, until: timedelta = HORIZON) -> HoursPart:
    """Free at some time, else locked."""
    spans: list[DoorSpan] = []
    at, end = NOW - timedelta(hours=12), NOW + until
    for during in when:
        spans.append(DoorSpan(during=Interval(start=at, end=during.start), accepts=ACCEPTED[Mode.CLOSED]))
        spans.append(DoorSpan(during=during, free=True))
        at = during.end
    spans.append(DoorSpan(during=Interval(start=at, end=end), accepts=ACCEPTED[Mode.CLOSED]))
    return HoursPart(door=DOOR, name="Front door", spans=tuple(spans))


def offline(*, accepted: bool) -> OfflinePart:
    window = OfflineWindow(start=LATER.start, quarters=4)
    if accepted:
        return OfflinePart(door=DOOR, accepted=(OfflineListing(window=window, booking=CHOIR),))
    return OfflinePart(door=DOOR, revoked=(window,))


def found(
    held: Sequence[Part], before: Sequence[Part] = (), ours: Sequence[Part] = (), settled: Settled | None = None
) -> list[tuple[ItemKind, str, bool]]:
    return [(item.kind, item.subject, item.gone) for item in items(held, before, ours, settled)]


def items(
    held: Sequence[Part], before: Sequence[Part] = (), ours: Sequence[Part] = (), settled: Settled | None = None
) -> list[Item]:
    known = (contents(held), contents(before), contents(ours))
    return difference(*known, settled or Settled(), window=WINDOW)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        pytest.param(code(), (ItemKind.BOOKING, CHOIR), id="a code"),
        pytest.param(session(), (ItemKind.BOOKING, CHOIR), id="a session"),
        pytest.param(person(), (ItemKind.PERSON, UNA), id="a card of staff"),
        pytest.param(person(CredentialKind.MEMBER_CARD_PIN), (ItemKind.MEMBERS, ""), id="a member"),
        pytest.param(override(), (ItemKind.OVERRIDE, "lock_down 1774360800 1774368000"), id="an override"),
        pytest.param(offline(accepted=True), (ItemKind.BOOKING, CHOIR), id="an offline code"),
    ],
)
def test_what_the_door_has_and_the_database_does_not_is_known_only_to_the_door(
    part: Part, told: tuple[ItemKind, str]
) -> None:
    assert found([part]) == [(*told, False)]
    assert found([part], ours=[part]) == []
    assert found([part], before=[part]) == [(*told, False)]


@pytest.mark.parametrize("part", [code(), session(), person(), override()])
def test_what_was_on_the_door_before_and_is_not_now_is_gone_though_the_database_has_it(part: Part) -> None:
    assert [gone for _, _, gone in found([], before=[part], ours=[part])] == [True]


@pytest.mark.parametrize("part", [code(), session(), person(), override()])
def test_what_is_new_in_the_database_is_neither(part: Part) -> None:
    assert found([], ours=[part]) == []


@pytest.mark.parametrize("part", [code(window=OVER), session(window=OVER), override(during=OVER), person(window=OVER)])
def test_what_is_over_is_left(part: Part) -> None:
    assert found([part]) == []
    assert found([], before=[part], ours=[part]) == []


def test_an_offline_code_that_was_withdrawn_stays_withdrawn() -> None:
    (item,) = items([offline(accepted=False)], ours=[offline(accepted=True)])
    assert (item.kind, item.gone) == (ItemKind.OFFLINE, True)
    assert found([offline(accepted=False)], ours=[offline(accepted=False)]) == []


def test_a_booking_that_was_moved_keeps_its_new_code_and_its_old_one_stays_off() -> None:
    old, new = code(window=hours(2, 4)), code(window=hours(5, 7))
    assert found([new], before=[old], ours=[old]) == [(ItemKind.BOOKING, CHOIR, False), (ItemKind.BOOKING, CHOIR, True)]


def test_a_person_whose_windows_are_those_of_another_day_is_the_same() -> None:
    assert found([person(window=hours(1, 9))], ours=[person(window=hours(25, 33))]) == []


def test_what_somebody_has_changed_since_is_settled() -> None:
    settled = Settled(ended=frozenset(identity(each) for each in override().overrides), changed=frozenset({CHOIR, UNA}))
    everything: list[Part] = [code(), session(), person(), override(), offline(accepted=True)]
    assert found(everything, settled=settled) == []
    assert found([code(CLUB)], settled=settled) == [(ItemKind.BOOKING, CLUB, False)]


def test_opening_hours_that_were_changed_after_the_backup_are_the_doors() -> None:
    old, new = free(hours(3, 6)), free(hours(4, 5))
    (item,) = items([new], before=[old], ours=[old])
    assert (item.kind, item.gone, item.door) == (ItemKind.HOURS, False, DOOR)


def test_opening_hours_that_were_changed_since_are_the_databases() -> None:
    old, new = free(hours(3, 6)), free(hours(4, 5))
    assert found([old], before=[old], ours=[new]) == []


def test_opening_hours_are_compared_only_where_both_plans_speak() -> None:
    short, long = free(hours(3, 6), until=timedelta(days=30)), free(hours(3, 6))
    assert items([free(hours(3, 6))], before=[short], ours=[long]) == []


def test_modes_go_with_the_opening_hours() -> None:
    staffed = ModesPart(spans=(ModeSpan(during=LATER, mode=Mode.STAFFED),))
    extended = ModesPart(spans=(ModeSpan(during=LATER, mode=Mode.EXTENDED),))
    assert found([staffed], before=[extended], ours=[extended]) == [(ItemKind.HOURS, "", False)]


# What it makes of a plan


def compiled(*parts: Part) -> Compiled:
    data = {f"part-{number}": encode(part) for number, part in enumerate(parts)}
    refs = {name: PartRef(digest=digest(each), size=len(each)) for name, each in data.items()}
    return Compiled(window=WINDOW, parts=data, refs=refs, grants=len(contents(parts).grants))


def pieces(found: Sequence[Item]) -> list[RestoredPiece]:
    return [
        RestoredPiece(entry="e", gone=item.gone, edge="main", door=item.door, during=item.during, part=item.part)
        for item in found
    ]


PLANS: list[tuple[list[Part], list[Part], list[Part]]] = [
    ([code()], [], []),
    ([code(), session(), override()], [], [code(CLUB, key=2), session(CLUB)]),
    ([], [code(), session(), override()], [code(), session(), override()]),
    ([code(window=hours(5, 7))], [code()], [code(), person()]),
    ([person()], [person(key=6)], [person(key=6)]),
    ([free(hours(4, 5))], [free(hours(3, 6))], [free(hours(3, 6))]),
    ([free()], [free(hours(3, 6))], [free(hours(3, 6))]),
    ([offline(accepted=False)], [], [offline(accepted=True)]),
    ([offline(accepted=True)], [], []),
]


@pytest.mark.parametrize(("held", "before", "ours"), PLANS)
def test_the_next_plan_differs_in_nothing_from_the_door_that_nobody_decided(
    held: list[Part], before: list[Part], ours: list[Part]
) -> None:
    carrying = carried(pieces(items(held, before, ours)), NOW)
    plan = carry(compiled(*ours), carrying)
    parts = [decode(data, Part) for data in plan.parts.values()]  # type: ignore[arg-type, var-annotated]
    assert items(held, before, parts) == []
    assert plan.grants == len(contents(parts).grants)
    assert {name: digest(data) for name, data in plan.parts.items()} == {n: ref.digest for n, ref in plan.refs.items()}


@pytest.mark.parametrize(("held", "before", "ours"), PLANS)
def test_nothing_is_carried_past_its_end(held: list[Part], before: list[Part], ours: list[Part]) -> None:
    found = pieces(items(held, before, ours))
    late = carried(found, max(piece.during.end for piece in found))
    assert late == NOTHING
    assert carry(compiled(*ours), late).parts == compiled(*ours).parts


def test_hours_past_those_of_the_door_are_the_databases() -> None:
    ours = free(hours(3, 6), Interval(start=NOW + timedelta(days=34), end=NOW + timedelta(days=34, hours=1)))
    held = msgspec.structs.replace(free(hours(4, 5), until=timedelta(days=33)))
    window = Interval(start=NOW, end=NOW + timedelta(days=33))
    found = difference(contents([held]), contents([]), contents([ours]), Settled(), window=window)
    plan = carry(compiled(ours), carried(pieces(found), NOW))
    (part,) = (decode(data, Part) for data in plan.parts.values())  # type: ignore[arg-type, var-annotated]
    open_at = [span.during for span in part.spans if span.free]
    assert open_at == [hours(4, 5), ours.spans[3].during]
