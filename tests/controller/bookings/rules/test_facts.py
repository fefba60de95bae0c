"""What the diary is asked for, on both databases: every booking that matters, and no other."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event

from controller.bookings import repository
from controller.bookings.claims import write_claims
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Need
from controller.bookings.diary.policy import ApprovalRule, Policy, Quota, QuotaPeriod
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.evaluate import HypotheticalBookings, judge
from controller.bookings.rules.model import ReasonKind, RuleRequest, Verdict
from controller.db.engine import Database
from controller.people.model import Actor, Role
from tests.controller.bookings.hub import CHOIR, MANAGER, SIX, asked, booking, build, site_config
from tests.controller.running import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
async def hub(db: Database) -> Database:
    async with db.write() as tx:
        await build(tx)
    return db


async def make(db: Database, *values: Booking, there: SiteConfig | None = None) -> None:
    async with db.write() as tx:
        await repository.insert_bookings(tx, values)
        await write_claims(db, tx, there or site_config(), values, now=NOW, new=True)


async def judged(
    db: Database,
    *wanted: BookingRequest,
    there: SiteConfig | None = None,
    together: bool = False,
    but: Sequence[Booking] = (),
) -> list[Verdict]:
    left_out = frozenset(each.id for each in but)
    wishes = [RuleRequest(asked=each, actor=CHOIR, but=left_out) for each in wanted]
    async with db.read() as tx:
        return await judge(tx, there or site_config(FREE), wishes, now=NOW, together=together)


FREE = Policy(rules=(ApprovalRule(name="Anything"),))


def whys(found: Verdict) -> list[ReasonKind]:
    return [each.why for each in found.reasons]


async def test_adjacent_times_are_free_and_overlapping_ones_are_not(hub: Database) -> None:
    await make(hub, booking(asked("half-a")))
    free_before, over, inside, after, hypothetical, whole = await judged(
        hub,
        asked("half-a", SIX - 2 * HOUR),
        asked("half-a", SIX - HOUR),
        asked("half-a", SIX + HOUR / 2, 0.5),
        asked("half-a", SIX + 2 * HOUR + timedelta(minutes=10)),
        asked("half-b"),
        asked("hall", SIX - HOUR, 8),
    )
    assert [free_before.possible, after.possible, hypothetical.possible] == [True, True, True]
    assert [whys(over), whys(inside), whys(whole)] == [[ReasonKind.CLASH]] * 3


async def test_a_month_long_booking_is_seen_from_its_last_hour(hub: Database) -> None:
    await make(hub, booking(asked(start=SIX, hours=31 * 24)))
    inside, after = await judged(
        hub, asked(start=SIX + timedelta(days=31) - HOUR), asked(start=SIX + timedelta(days=31))
    )
    assert (whys(inside), after.possible) == ([ReasonKind.CLASH], True)


async def test_buffers_reach_across_short_bookings_that_want_none(hub: Database) -> None:
    """The one that wants a day to itself is not the nearest."""
    spaced = booking(asked(start=SIX, hours=1, cleardown_min=24 * 60))
    short = booking(asked(start=SIX + 2 * HOUR, hours=1))
    await make(hub, spaced, short)
    [found] = await judged(hub, asked(start=SIX + 20 * HOUR))
    assert (whys(found), found.conflicts[0].id) == ([ReasonKind.BUFFER], spaced.id)
    assert (await judged(hub, asked(start=SIX + 25 * HOUR)))[0].possible


async def test_its_own_wide_buffer_is_looked_for_as_far_as_it_reaches(hub: Database) -> None:
    await make(hub, booking(asked(start=SIX - 12 * HOUR, hours=1)))
    free, short = await judged(hub, asked(setup_min=11 * 60), asked(setup_min=11 * 60 + 1))
    assert (free.possible, whys(short)) == (True, [ReasonKind.BUFFER])


async def test_a_booking_that_is_moved_does_not_block_itself(hub: Database) -> None:
    needs = (Need(equipment="projector", count=2),)
    mine, desks = booking(asked(equipment=needs)), booking(asked("desks", seats=8))
    await make(hub, mine, desks)
    wanted = (asked(start=SIX + HOUR, equipment=needs), asked("desks", SIX + HOUR, seats=8))
    assert [whys(each) for each in await judged(hub, *wanted)] == [
        [ReasonKind.CLASH, ReasonKind.EQUIPMENT],
        [ReasonKind.SEATS],
    ]
    assert [each.possible for each in await judged(hub, *wanted, but=[mine, desks])] == [True, True]


async def test_expired_holds_are_named_and_others_still_block(hub: Database) -> None:
    def held(minutes: int, wanted: BookingRequest) -> Booking:
        return booking(wanted, state=BookingState.HELD, held_until=NOW + timedelta(minutes=minutes))

    out, stands = held(0, asked()), held(1, asked("studio"))
    desks = held(0, asked("desks", seats=8))
    await make(hub, out, stands, desks)
    yard, studio, places = await judged(hub, asked(), asked("studio"), asked("desks", seats=8))
    assert (whys(yard), yard.expired) == ([], (out.id,))
    assert (whys(studio), studio.expired) == ([ReasonKind.CLASH], ())
    assert (whys(places), places.expired) == ([], (desks.id,))


@pytest.mark.parametrize(
    "state", [BookingState.REQUESTED, BookingState.DECLINED, BookingState.CANCELLED, BookingState.RELEASED]
)
async def test_states_that_hold_no_time_block_nothing(hub: Database, state: BookingState) -> None:
    await make(hub, booking(asked("library", equipment=(Need(equipment="projector", count=2),)), state=state))
    wanted = (asked("library"), asked("desks", seats=8), asked(equipment=(Need(equipment="projector", count=2),)))
    assert all(each.possible for each in await judged(hub, *wanted))


async def test_quotas_count_what_the_party_asked_for_here_and_still_may_have(hub: Database) -> None:
    quota = Quota(name="Fair use", per=QuotaPeriod.WEEK, most_bookings=3, spaces=("yard", "studio"))
    there = site_config(Policy(rules=(ApprovalRule(name="Anything"),), quotas=(quota,)))
    monday = SIX - timedelta(days=3)
    counted = [
        booking(asked(start=monday), state=BookingState.NO_SHOW),
        booking(asked(start=monday + 3 * HOUR), state=BookingState.REQUESTED),
        booking(asked("studio", monday), state=BookingState.HELD, held_until=NOW + HOUR),
    ]
    others = [
        booking(asked(start=monday + 6 * HOUR), state=BookingState.CANCELLED),
        booking(asked(start=monday + 9 * HOUR), state=BookingState.HELD, held_until=NOW),
        booking(asked(start=monday + 12 * HOUR, party="yoga")),
        booking(asked("hall", monday)),
        booking(asked(start=monday - timedelta(days=1))),
    ]
    await make(hub, *counted, *others)
    [over] = await judged(hub, asked(), there=there)
    assert whys(over) == [ReasonKind.QUOTA]
    assert {each.id for each in over.reasons[0].conflicts} == {each.id for each in counted}
    [one_moved] = await judged(hub, asked(), there=there, but=counted[:1])
    assert one_moved.possible


async def test_requests_see_each_other_only_together_and_only_possible_ones(hub: Database) -> None:
    await make(hub, booking(asked("half-a", SIX + 6 * HOUR, title="Yoga", party="yoga")))
    quota = Quota(name="Fair use", per=QuotaPeriod.WEEK, most_bookings=2)
    there = site_config(Policy(rules=(ApprovalRule(name="Anything"),), quotas=(quota,)))
    wanted = [
        asked("half-a", SIX + 6 * HOUR),
        asked("half-a", SIX + 7 * HOUR),
        asked("hall", SIX, 3, equipment=(Need(equipment="projector", count=2),)),
        asked("half-b", SIX + HOUR),
        asked("studio", SIX, equipment=(Need(equipment="projector", count=1),)),
        asked("yard"),
        asked("studio", SIX + 9 * HOUR),
    ]
    apart = await judged(hub, *wanted, there=there)
    assert [whys(each) for each in apart] == [[ReasonKind.CLASH], [ReasonKind.CLASH], [], [], [], [], []]
    joint = await judged(hub, *wanted, there=there, together=True)
    assert [whys(each) for each in joint] == [
        [ReasonKind.CLASH],
        [ReasonKind.CLASH],
        [],
        [ReasonKind.CLASH],
        [ReasonKind.EQUIPMENT],
        [],
        [ReasonKind.QUOTA],
    ]
    assert [(each.id, each.title, each.space) for each in joint[3].conflicts] == [("", "Choir", "hall")]


@pytest.mark.parametrize(
    ("actor", "titles"),
    [
        (Actor.acting("Ivy", Role.GROUP_LEADER, party="choir", site="hub"), ["Choir", "Taken"]),
        (Actor.acting("Una", Role.MANAGER, site="hub"), ["Choir", "Yoga"]),
        (Actor.acting("Ivy", Role.GROUP_LEADER, party="choir", site="elsewhere"), ["Taken", "Taken"]),
    ],
)
async def test_a_verdict_shows_of_other_bookings_what_its_actor_may_see(
    hub: Database, actor: Actor, titles: list[str]
) -> None:
    yoga = booking(asked(start=SIX + HOUR, hours=1, title="Yoga", party="yoga"))
    await make(hub, booking(asked(hours=1)), yoga)
    async with hub.read() as tx:
        [found] = await judge(tx, site_config(FREE), [RuleRequest(asked=asked(), actor=actor)], now=NOW)
    assert [each.title for each in found.conflicts] == titles


async def test_hypothetical_bookings_are_seen_and_not_changed(hub: Database) -> None:
    stands = booking(asked())
    await make(hub, stands)
    hypothetical = HypotheticalBookings()
    needs = (Need(equipment="projector", count=2),)
    hypothetical.take(site_config(), [RuleRequest(asked=asked("studio", equipment=needs), actor=MANAGER)], now=NOW)
    wishes = [RuleRequest(asked=asked(each, equipment=needs), actor=MANAGER) for each in ("yard", "studio", "kitchen")]
    async with hub.read() as tx:
        before = await judge(tx, site_config(), wishes, now=NOW, hypothetical=hypothetical)
        hypothetical.let_go([stands.id])
        after = await judge(tx, site_config(), wishes, now=NOW, hypothetical=hypothetical)
        together = await judge(tx, site_config(), wishes, now=NOW, hypothetical=hypothetical, together=True)
    assert [whys(each) for each in before] == [
        [ReasonKind.CLASH, ReasonKind.EQUIPMENT],
        [ReasonKind.CLASH, ReasonKind.EQUIPMENT],
        [ReasonKind.EQUIPMENT],
    ]
    assert [whys(each) for each in after] == [
        [ReasonKind.EQUIPMENT],
        [ReasonKind.CLASH, ReasonKind.EQUIPMENT],
        [ReasonKind.EQUIPMENT],
    ]
    assert together == after


async def test_requests_judged_together_share_places(hub: Database) -> None:
    wanted = [asked("desks", seats=5), asked("desks", seats=5), asked("desks", seats=3), asked("library")]
    found = await judged(hub, *wanted, together=True)
    assert [whys(each) for each in found] == [[], [ReasonKind.SEATS], [], [ReasonKind.SEATS]]


async def test_one_request_costs_one_statement_and_fifty_two_requests_no_more(hub: Database) -> None:
    said: list[str] = []
    async with hub.read() as tx:
        connection = tx.sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
        weekly = [RuleRequest(asked=asked("hall", SIX + timedelta(days=7 * week)), actor=MANAGER) for week in range(52)]
        await judge(tx, site_config(), weekly[:1], now=NOW)
        await judge(tx, site_config(), weekly, now=NOW)
        assert len(said) == 2
        all_of_it = asked("library", equipment=(Need(equipment="projector", count=1),))
        quota = Quota(name="Fair use", per=QuotaPeriod.WEEK, most_bookings=3)
        await judge(tx, site_config(Policy(quotas=(quota,))), [RuleRequest(asked=all_of_it, actor=CHOIR)] * 9, now=NOW)
        assert len(said) == 6


async def test_no_requests_need_no_statement(hub: Database) -> None:
    assert await judged(hub) == []
