"""From diary to plan, in pure values."""

import secrets
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st

from controller.access.code_generation import WantedGrant
from controller.estate.model import Site
from controller.hours.model import OpeningHours, Span, WeeklySpan
from controller.hours.timetable import Timetable
from controller.plans.compile import (
    DoorRules,
    MadeParts,
    PlanInput,
    TooMuchForOnePart,
    compile_changes,
    next_version,
    plan_window,
)
from edge.wire.access_decision import ClockTrust, Reason, decide
from edge.wire.codec import PART_LIMIT
from edge.wire.credentials import CredentialKind, Presented, code_key
from edge.wire.ids import uuid7
from edge.wire.interval import Interval
from edge.wire.plan import HORIZON, ClosingPart, Mode, ModeSpan, Plan, Session
from edge.wire.plan_assembly import assemble
from tests.controller.plans.compiling import compile_plan

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECRET = b"s" * 32
FRONT = DoorRules(id="front-door", name="Front door", hold_s=5, held_after_s=60, free_when_staffed=True)
SIDE = DoorRules(id="side-door", name="Side door", hold_s=5, held_after_s=60)


def at(hour: int, minute: int = 0, *, day: int = 25) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def span(start: datetime, end: datetime, mode: Mode) -> ModeSpan:
    return ModeSpan(during=Interval(start=start, end=end), mode=mode)


def wanted(number: int, window: Interval, *, code: str = "482913", door: str = "front-door") -> WantedGrant:
    return WantedGrant(
        id=uuid7(NOW, number.to_bytes(10)),
        booking_id=uuid7(NOW, number.to_bytes(10)),
        door=door,
        kind=CredentialKind.BOOKING_CODE,
        code_key=code_key(SECRET, CredentialKind.BOOKING_CODE, code),
        window=window,
        hold_s=None,
    )


def plan_of(given: PlanInput, now: datetime = NOW) -> Plan:
    compiled = compile_plan(given, now)
    return assemble(compiled.manifest(site="ramsey", edge="main", version=1), compiled.parts)


def given(**changes: object) -> PlanInput:
    values: dict[str, object] = {"site": "ramsey", "edge": "main", "doors": (FRONT, SIDE)}
    return PlanInput(**values | changes)  # type: ignore[arg-type]  # tests name fields freely


def opens(plan: Plan, door: str, code: str, now: datetime) -> Reason:
    decision = decide(
        plan, door=door, secret=SECRET, credential=Presented(digits=code), now=now, trust=ClockTrust.SYNCED
    )
    return decision.reason


def test_a_code_works_in_its_window_and_at_its_door_only() -> None:
    plan = plan_of(given(grants=[wanted(1, Interval(start=at(18), end=at(20)))]))
    assert opens(plan, "front-door", "482913", at(17, 59)) is Reason.TOO_EARLY
    assert opens(plan, "front-door", "482913", at(18)) is Reason.GRANTED
    assert opens(plan, "front-door", "482913", at(20)) is Reason.TOO_LATE
    assert opens(plan, "side-door", "482913", at(19)) is Reason.UNKNOWN


@pytest.mark.parametrize("mode", list(Mode))
def test_a_code_works_in_every_mode(mode: Mode) -> None:
    spans = () if mode is Mode.CLOSED else (span(at(9), at(23), mode),)
    plan = plan_of(given(modes=spans, grants=[wanted(1, Interval(start=at(18), end=at(20)), door="side-door")]))
    assert opens(plan, "side-door", "482913", at(19)) is Reason.GRANTED


def test_a_free_door_is_unlocked_while_staffed_and_the_other_is_not() -> None:
    plan = plan_of(given(modes=(span(at(9), at(17), Mode.STAFFED),)))
    assert opens(plan, "front-door", "000000", at(10)) is Reason.FREE
    assert opens(plan, "side-door", "000000", at(10)) is Reason.UNKNOWN
    assert opens(plan, "front-door", "000000", at(17)) is Reason.UNKNOWN


def test_no_door_is_free_in_extended_hours_and_members_come_in_then_only() -> None:
    plan = plan_of(given(modes=(span(at(9), at(13), Mode.STAFFED), span(at(13), at(20), Mode.EXTENDED))))
    spans = plan.doors["front-door"].hours.spans
    assert [each.free for each in spans] == [False, True, False, False]
    assert [CredentialKind.MEMBER_CARD_PIN in each.accepts for each in spans] == [False, False, True, False]


def test_the_door_spans_tile_the_whole_window() -> None:
    plan = plan_of(given(modes=(span(at(9), at(13), Mode.STAFFED), span(at(15), at(20), Mode.EXTENDED))))
    spans = plan.doors["front-door"].hours.spans
    assert spans[0].during.start == plan.manifest.valid_from
    assert spans[-1].during.end == plan.manifest.horizon
    assert all(one.during.end == two.during.start for one, two in pairwise(spans))


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=UTC), [(28, 9), (29, 8), (30, 8)]),
        (datetime(2026, 10, 23, 12, tzinfo=UTC), [(24, 8), (25, 9), (26, 9)]),
    ],
)
def test_doors_open_at_nine_on_the_wall_on_both_sides_of_a_clock_change(
    now: datetime, opening: list[tuple[int, int]]
) -> None:
    week = tuple(
        WeeklySpan(weekday=day, span=Span(opens=9 * 60, closes=17 * 60, mode=Mode.STAFFED)) for day in range(7)
    )
    site = Site(id="ramsey", name="Ramsey Hub", zone="Europe/London")
    periods = Timetable(site=site, timetable=OpeningHours(pattern=week)).modes(plan_window(now))
    spans = tuple(ModeSpan(during=period.during, mode=period.mode) for period in periods)
    plan = plan_of(given(modes=spans), now)
    for day, hour in opening:
        first = now.replace(day=day, hour=hour)
        assert opens(plan, "front-door", "0", first - timedelta(seconds=1)) is Reason.UNKNOWN
        assert opens(plan, "front-door", "0", first) is Reason.FREE


def test_a_plan_reaches_at_least_35_days_whenever_it_is_made() -> None:
    for moment in (at(0), NOW, at(23, 59)):
        window = plan_window(moment)
        assert window.end - moment >= HORIZON
        assert moment in window


def test_the_same_diary_makes_the_same_bytes_all_day_long() -> None:
    diary = given(modes=(span(at(9), at(17), Mode.STAFFED),), grants=[wanted(1, Interval(start=at(18), end=at(20)))])
    morning, night = compile_plan(diary, at(1)), compile_plan(diary, at(23, 59))
    assert morning == night
    assert night.says_as(morning.manifest(site="ramsey", edge="main", version=7))
    assert not compile_plan(diary, at(0, day=26)).says_as(morning.manifest(site="ramsey", edge="main", version=7))


def test_one_more_booking_changes_the_parts_of_its_day_only() -> None:
    windows = [Interval(start=at(18, day=day), end=at(20, day=day)) for day in (26, 27, 28)]
    grants = [wanted(number, window) for number, window in enumerate(windows)]
    before = compile_plan(given(grants=grants), NOW)
    more = wanted(9, Interval(start=at(10, day=27), end=at(11, day=27)), code="135792")
    after = compile_plan(given(grants=[*grants, more]), NOW)
    changed = {name for name in after.parts if before.parts.get(name) != after.parts[name]}
    assert changed == {"grants-20261127-0"}


@given_values(st.lists(st.sets(st.integers(0, 40), max_size=12), min_size=2, max_size=6))
def test_a_plan_made_from_the_last_one_equals_one_made_from_scratch(diaries: list[set[int]]) -> None:
    """Whatever is booked, moved, cancelled or ordered between."""
    last: dict[str, MadeParts] = {}
    for number, diary in enumerate(diaries):
        windows = {
            each: Interval(
                start=at(0, day=26) + timedelta(hours=3 * each), end=at(2, day=26) + timedelta(hours=3 * each)
            )
            for each in diary
        }
        grants = [
            wanted(each, window, code=f"{each:06}", door="front-door" if each % 3 else "side-door")
            for each, window in windows.items()
        ]
        sessions = [
            Session(booking=uuid7(NOW, each.to_bytes(10)), space="hall", window=window, expected=number)
            for each, window in windows.items()
            if each % 2
        ]
        doors = (FRONT, SIDE) if number % 3 else (msgspec.structs.replace(FRONT, hold_s=9),)
        modes = [span(at(9, day=27), at(12, day=27), Mode.STAFFED)] if number % 2 else []
        secret_names = {"front-door": f"{number // 2:016x}"}
        source = given(grants=grants, sessions=sessions, doors=doors, modes=modes, secrets=secret_names)
        compiled, last = compile_changes(source, NOW + timedelta(hours=9 * number), last)
        assert compiled == compile_plan(source, NOW + timedelta(hours=9 * number))


def test_only_the_day_that_changed_is_made_again() -> None:
    windows = [Interval(start=at(18, day=day), end=at(20, day=day)) for day in (26, 27, 28)]
    grants = [wanted(number, window) for number, window in enumerate(windows)]
    before, made = compile_changes(given(grants=grants), NOW, {})
    after, _ = compile_changes(given(grants=[*grants[:2], wanted(9, windows[2])]), NOW, made)
    assert {name for name in after.parts if after.parts[name] is not before.parts[name]} == {"grants-20261128-0"}


def test_the_order_in_which_grants_come_does_not_matter() -> None:
    grants = [wanted(number, Interval(start=at(18), end=at(20)), code=f"{number:06}") for number in range(1, 20)]
    assert compile_plan(given(grants=grants), NOW) == compile_plan(given(grants=grants[::-1]), NOW)


def test_ten_thousand_grants_fit_into_parts_of_at_most_64_kb_and_none_is_lost() -> None:
    grants = [
        WantedGrant(
            id=uuid7(NOW, number.to_bytes(10)),
            booking_id=uuid7(NOW, number.to_bytes(10)),
            door="front-door",
            kind=CredentialKind.BOOKING_CODE,
            code_key=secrets.token_bytes(32),
            window=Interval(start=at(0) + timedelta(minutes=number), end=at(1) + timedelta(minutes=number)),
            hold_s=None,
        )
        for number in range(10_000)
    ]
    compiled = compile_plan(given(grants=grants), NOW)
    assert max(map(len, compiled.parts.values())) <= PART_LIMIT
    assert assemble(compiled.manifest(site="ramsey", edge="main", version=1), compiled.parts).grant_count == 10_000


def test_sessions_describe_bookings_and_name_nobody() -> None:
    session = Session(
        booking=uuid7(NOW, bytes(10)), space="hall", window=Interval(start=at(18), end=at(20)), expected=12, capacity=80
    )
    assert plan_of(given(sessions=[session])).sessions == (session,)


def test_a_timeline_that_does_not_fit_into_a_part_is_refused_by_name() -> None:
    spans = tuple(
        span(at(0) + timedelta(minutes=2 * number), at(0) + timedelta(minutes=2 * number + 1), Mode.STAFFED)
        for number in range(2_000)
    )
    with pytest.raises(TooMuchForOnePart, match="hours-front-door"):
        compile_plan(given(modes=spans), NOW)


def test_versions_count_up_even_when_the_clock_does_not() -> None:
    first = next_version(None, NOW)
    assert first == int(NOW.timestamp() * 1000)
    assert next_version(first, NOW) == first + 1
    assert next_version(first, NOW - timedelta(days=1)) == first + 1
    assert next_version(first, NOW + timedelta(seconds=1)) == first + 1000


def test_how_the_building_closes_goes_with_the_plan() -> None:
    assert plan_of(given()).closing == ClosingPart()
    closing = ClosingPart(warn_minutes=(20, 10), secure_within_minutes=60)
    assert plan_of(given(closing=closing)).closing == closing
