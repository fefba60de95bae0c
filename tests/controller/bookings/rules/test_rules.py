"""Each kind of reason, in words and figures, from facts alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from controller.bookings.diary.model import BookingRequest, Need
from controller.bookings.diary.policy import Policy, PriorityWindow, Quota, QuotaPeriod
from controller.bookings.rules.model import Facts, ReasonKind, RuleReason
from controller.estate.model import Space
from controller.hours.model import Closure, OpeningHours
from controller.hours.timetable import Timetable
from controller.people.model import Tier
from controller.platform.text import local_time
from edge.wire.interval import Interval
from tests.controller.bookings.hub import (
    CHOIR,
    HUB,
    MANAGER,
    SIX,
    asked,
    at,
    hypothetical,
    judged,
    only,
    site_config,
    spent,
    use,
)
from tests.controller.running import NOW

HOUR = timedelta(hours=1)
NINE = SIX.replace(hour=21)
CHRISTMAS = Closure(
    id="c1",
    during=at(datetime(2026, 12, 25, tzinfo=UTC), 24),
    reason="Christmas",
    whole_days=True,
    made_at=NOW,
    made_by="Una Porter",
)


def seen(reason: RuleReason) -> tuple[ReasonKind, str, str, float | None, float | None, list[str]]:
    return (
        reason.why,
        reason.field,
        reason.text,
        reason.asked,
        reason.limit,
        [conflict.title for conflict in reason.conflicts],
    )


def test_a_managers_request_of_a_free_time_has_no_reasons() -> None:
    found = judged(asked())
    assert (found.reasons, found.possible, found.needs_approval) == ((), True, False)


@pytest.mark.parametrize(
    ("wanted", "facts", "reason"),
    [
        pytest.param(
            asked("shelves"),
            Facts(),
            (
                ReasonKind.UNBOOKABLE,
                "space",
                "Shelves is not booked by itself; book Library instead",
                None,
                None,
                [],
            ),
            id="unbookable",
        ),
        pytest.param(
            asked("half-a", SIX + timedelta(hours=1)),
            hypothetical(asked("half-a", title="Yoga")),
            (
                ReasonKind.CLASH,
                "starts",
                "Half A is taken then: Yoga, Thu 26 Nov, 18:00 to 20:00",
                None,
                None,
                ["Yoga"],
            ),
            id="clash",
        ),
        pytest.param(
            asked("hall", SIX + timedelta(hours=1)),
            hypothetical(asked("half-a", title="Yoga")),
            (
                ReasonKind.CLASH,
                "starts",
                "Hall is taken then: Yoga in Half A, Thu 26 Nov, 18:00 to 20:00",
                None,
                None,
                ["Yoga"],
            ),
            id="a part clashes with the whole",
        ),
        pytest.param(
            asked("studio", people=10_000),
            Facts(),
            (ReasonKind.CAPACITY, "people", "10,000 people are more than Studio holds (12)", 10_000, 12, []),
            id="ten thousand in a room for twelve",
        ),
        pytest.param(
            asked("hall", layout="boardroom", people=13),
            Facts(),
            (ReasonKind.CAPACITY, "people", "13 people are more than Hall holds as “Boardroom” (12)", 13, 12, []),
            id="more than this layout holds",
        ),
        pytest.param(
            asked("desks", seats=2, people=3),
            Facts(),
            (ReasonKind.CAPACITY, "seats", "3 people need as many places of Touch-down desks, not 2", 3, 2, []),
            id="more people than places",
        ),
        pytest.param(
            asked("hall", layout="cabaret"),
            Facts(),
            (
                ReasonKind.LAYOUT,
                "layout",
                "Hall has no layout “cabaret”; it has “theatre” and “boardroom”",
                None,
                None,
                [],
            ),
            id="unknown layout",
        ),
        pytest.param(
            asked("yard", layout="theatre"),
            Facts(),
            (
                ReasonKind.LAYOUT,
                "layout",
                "Yard has no layout “theatre”; it has none; leave layout out",
                None,
                None,
                [],
            ),
            id="a layout where there are none",
        ),
        pytest.param(
            asked(equipment=(Need(equipment="kiln", count=1),)),
            Facts(),
            (
                ReasonKind.EQUIPMENT,
                "equipment.kiln",
                "Ramsey Hub has no equipment “kiln”; it has “piano” and “projector”",
                None,
                None,
                [],
            ),
            id="unknown equipment",
        ),
        pytest.param(
            asked("half-b", equipment=(Need(equipment="piano", count=1),)),
            Facts(),
            (ReasonKind.EQUIPMENT, "equipment.piano", "Piano stays in Half A", None, None, []),
            id="equipment of another space",
        ),
        pytest.param(
            asked(equipment=(Need(equipment="projector", count=2),)),
            Facts(equipment=(use("projector", 1, at(SIX, 1)), use("projector", 1, at(SIX + timedelta(hours=1), 1)))),
            (
                ReasonKind.EQUIPMENT,
                "equipment.projector",
                "Projector: 1 of 2 left then, 2 asked for (Job club has 1; Job club has 1)",
                2,
                1,
                ["Job club", "Job club"],
            ),
            id="too little equipment: two after each other count once",
        ),
        pytest.param(
            asked("desks", seats=3),
            Facts(pools=(use("desks", 4, at(SIX, 1)), use("desks", 2, at(SIX, 2), title="Walk-ins"))),
            (
                ReasonKind.SEATS,
                "seats",
                "Touch-down desks: 2 of 8 places left then, 3 asked for (Job club has 4; Walk-ins has 2)",
                3,
                2,
                ["Job club", "Walk-ins"],
            ),
            id="too few places",
        ),
        pytest.param(
            asked("library"),
            Facts(pools=(use("desks", 1, at(SIX, 1)),)),
            (
                ReasonKind.SEATS,
                "space",
                "Touch-down desks: 7 of 8 places left then, 8 asked for (Job club has 1)",
                8,
                7,
                ["Job club"],
            ),
            id="the whole takes all places of its pool",
        ),
        pytest.param(
            asked("hall", seats=3),
            Facts(),
            (ReasonKind.SEATS, "seats", "Hall is booked as a whole, not by 3 places; leave seats out", 3, None, []),
            id="places of a room",
        ),
        pytest.param(
            asked("studio", NINE),
            hypothetical(asked("studio", SIX, 2.75, title="Yoga")),
            (
                ReasonKind.BUFFER,
                "starts",
                "needs 20 minutes to clear down and set up between this and "
                "Yoga, Thu 26 Nov, 18:00 to 20:45; 15 minutes left",
                15,
                20,
                ["Yoga"],
            ),
            id="too close behind",
        ),
        pytest.param(
            asked("studio", SIX, 2),
            hypothetical(asked("studio", SIX + timedelta(hours=2), title="Yoga")),
            (
                ReasonKind.BUFFER,
                "ends",
                "needs 20 minutes to clear down and set up between this and "
                "Yoga, Thu 26 Nov, 20:00 to 22:00; no time left",
                0,
                20,
                ["Yoga"],
            ),
            id="right before",
        ),
        pytest.param(
            asked("hall", NINE, layout="boardroom"),
            hypothetical(asked("hall", SIX, 2.5, title="Film night", layout="theatre")),
            (
                ReasonKind.CHANGEOVER,
                "starts",
                "changing Hall from “Theatre” to “Boardroom” takes 45 minutes; 30 minutes left "
                "after Film night, Thu 26 Nov, 18:00 to 20:30",
                30,
                45,
                ["Film night"],
            ),
            id="listed change-over",
        ),
        pytest.param(
            asked("hall", SIX, 2.75, layout="boardroom"),
            hypothetical(asked("hall", NINE, title="Film night", layout="theatre")),
            (
                ReasonKind.CHANGEOVER,
                "ends",
                "changing Hall from “Boardroom” to “Theatre” takes 20 minutes; 15 minutes left "
                "before Film night, Thu 26 Nov, 21:00 to 23:00",
                15,
                20,
                ["Film night"],
            ),
            id="default change-over",
        ),
        pytest.param(
            asked("half-a", NINE),
            hypothetical(asked("hall", SIX, 2.75, title="Board", layout="boardroom")),
            (
                ReasonKind.CHANGEOVER,
                "starts",
                "changing between Hall and Half A takes 20 minutes; 15 minutes left "
                "after Board in Hall, Thu 26 Nov, 18:00 to 20:45",
                15,
                20,
                ["Board"],
            ),
            id="change-over from the whole to a part",
        ),
    ],
)
def test_a_reason_names_what_it_conflicts_with(
    wanted: BookingRequest, facts: Facts, reason: tuple[ReasonKind, str, str, float | None, float | None, list[str]]
) -> None:
    found = judged(wanted, facts=facts)
    assert seen(only(found)) == reason
    assert not found.possible


def test_a_closed_building_says_why_and_which_end_is_inside() -> None:
    there = site_config(hours=Timetable(site=HUB, timetable=OpeningHours(), closures=(CHRISTMAS,)))
    eve = judged(asked(start=datetime(2026, 12, 24, 23, tzinfo=UTC)), there)
    assert seen(only(eve)) == (
        ReasonKind.CLOSED,
        "ends",
        "Ramsey Hub is closed on Fri 25 Dec: Christmas",
        None,
        None,
        [],
    )
    assert only(judged(asked(start=CHRISTMAS.during.start), there)).field == "starts"
    assert judged(asked(start=CHRISTMAS.during.end), there).possible


@pytest.mark.parametrize(("number", "more"), [(3, ""), (4, "; and 1 more"), (5, "; and 2 more")])
def test_three_reasons_of_a_closed_building_are_told_and_the_others_counted(number: int, more: str) -> None:
    closures = tuple(
        msgspec.structs.replace(
            CHRISTMAS,
            id=f"c{at}",
            during=at_hour(at),
            reason=f"Reason {at}",
            whole_days=False,
        )
        for at in range(number)
    )
    there = site_config(hours=Timetable(site=HUB, timetable=OpeningHours(), closures=closures))
    text = only(judged(asked(hours=9), there)).text
    assert [f"Reason {at}" in text for at in range(number)] == [at < 3 for at in range(number)]
    assert text.partition("Reason 2")[2] == more


def at_hour(number: int) -> Interval:
    return at(SIX + timedelta(hours=number), 1)


@pytest.mark.parametrize(
    ("space", "needed"),
    [
        pytest.param("studio", 20, id="neighbours share: the longer of clear-down and set-up"),
        pytest.param("kitchen", 30, id="they do not share: one after the other"),
    ],
)
def test_exactly_the_buffer_is_enough(space: str, needed: int) -> None:
    before = hypothetical(asked(space, SIX - timedelta(hours=2, minutes=needed)))
    after = hypothetical(asked(space, SIX + timedelta(hours=2, minutes=needed)))
    assert judged(asked(space), facts=before).possible
    assert judged(asked(space), facts=after).possible
    nearer = hypothetical(asked(space, SIX - timedelta(hours=2, minutes=needed - 1)))
    assert only(judged(asked(space), facts=nearer)).limit == needed


def test_the_widest_of_space_layout_and_booking_holds() -> None:
    def limit(**more: Any) -> float | None:
        touching = hypothetical(asked("hall", SIX - timedelta(hours=2), layout="boardroom"))
        return only(judged(asked("hall", layout="boardroom", **more), facts=touching)).limit

    assert limit(setup_min=5) == 5
    assert limit(setup_min=45) == 45
    theatre = hypothetical(asked("hall", SIX - timedelta(hours=2)))
    assert only(judged(asked("hall", setup_min=5), facts=theatre)).limit == 15
    assert only(judged(asked("hall", setup_min=25), facts=theatre)).limit == 25


def test_one_that_does_not_share_makes_both_wait() -> None:
    spaces = [
        Space(site="hub", id="a", name="A", cleardown_min=10),
        Space(site="hub", id="b", name="B", setup_min=15, share_buffers=False, parts=("a",)),
    ]
    there = site_config(all_spaces=spaces)
    facts = hypothetical(asked("a", SIX - timedelta(hours=2)), there)
    assert only(judged(asked("b"), there, facts=facts)).limit == 25


def test_only_the_one_right_before_is_changed_over_from() -> None:
    long_ago = hypothetical(asked("hall", SIX - timedelta(hours=3), 2, layout="theatre"))
    just_now = hypothetical(asked("hall", SIX - timedelta(minutes=31), 0.25, layout="boardroom"))
    wanted = asked("hall", SIX - timedelta(minutes=16), layout="boardroom")
    assert only(judged(wanted, facts=long_ago)).why is ReasonKind.CHANGEOVER
    both = Facts(neighbours=(*long_ago.neighbours, *just_now.neighbours))
    assert judged(wanted, facts=both).possible


def test_only_the_one_right_after_is_changed_over_to() -> None:
    wanted = asked("hall", layout="theatre", setup_min=0)
    soon = asked("hall", start=SIX + timedelta(hours=2, minutes=15), hours=0.1, layout="theatre", setup_min=0)
    later = asked("hall", start=SIX + timedelta(hours=2, minutes=30), layout="boardroom")
    [reason] = judged(wanted, facts=hypothetical(later)).refusals
    assert (reason.why, reason.field, reason.limit) == (ReasonKind.CHANGEOVER, "ends", 45)
    both = Facts(neighbours=(*hypothetical(soon).neighbours, *hypothetical(later).neighbours))
    assert not judged(wanted, facts=both).refusals


def test_a_manager_may_overrule_a_buffer_but_no_clash() -> None:
    close = hypothetical(asked("studio", SIX + timedelta(hours=2)))
    assert judged(asked("studio", overrule=True), facts=close).possible
    over = hypothetical(asked("studio", SIX + timedelta(hours=1)))
    assert only(judged(asked("studio", overrule=True), facts=over)).why is ReasonKind.CLASH


@pytest.mark.parametrize(("actor", "by_rules"), [(CHOIR, False), (MANAGER, True)])
def test_nobody_else_overrules_a_buffer(actor: object, by_rules: bool) -> None:
    close = hypothetical(asked("studio", SIX + timedelta(hours=2)))
    wanted = asked("studio", overrule=True, by_rules=by_rules)
    found = judged(wanted, facts=close, actor=MANAGER if by_rules else CHOIR)
    [reason] = found.refusals
    assert reason.why is ReasonKind.BUFFER
    assert reason.text.endswith("; only a manager may overrule this")


def test_a_hold_that_has_run_out_gives_way_and_is_named() -> None:
    facts = hypothetical(asked("studio", SIX + timedelta(hours=1)), run_out=True)
    found = judged(asked("studio"), facts=facts)
    assert (found.reasons, found.expired) == ((), ("b1",))
    places = Facts(pools=(use("desks", 8, at(SIX), run_out=True),))
    assert judged(asked("desks", seats=8), facts=places).possible


def test_the_hardest_reason_comes_first() -> None:
    facts = hypothetical(asked("hall"))
    found = judged(
        asked("hall", people=1000, layout="cabaret", equipment=(Need(equipment="kiln", count=1),)), facts=facts
    )
    assert [each.why for each in found.reasons] == [
        ReasonKind.CLASH,
        ReasonKind.CAPACITY,
        ReasonKind.LAYOUT,
        ReasonKind.EQUIPMENT,
    ]
    assert [each.title for each in found.conflicts] == ["Choir"]


def test_equipment_of_a_part_goes_with_the_whole_and_needs_of_one_kind_add_up() -> None:
    assert judged(asked("hall", equipment=(Need(equipment="piano", count=1),))).possible
    twice = (Need(equipment="projector", count=1), Need(equipment="projector", count=2))
    assert (only(judged(asked(equipment=twice))).asked, only(judged(asked(equipment=twice))).limit) == (3, 2)


def test_every_refused_piece_of_equipment_is_a_reason() -> None:
    needs = ("kiln", "piano", "projector", "loom")
    wanted = asked("half-b", equipment=tuple(Need(equipment=each, count=1) for each in needs))
    found = judged(wanted, facts=Facts(equipment=(use("projector", 2, at(SIX)),)))
    assert [(each.why, each.field) for each in found.reasons] == [
        (ReasonKind.EQUIPMENT, f"equipment.{each}") for each in needs
    ]
    wanted = msgspec.structs.replace(wanted, space="half-a")
    assert [each.field for each in judged(wanted).reasons] == ["equipment.kiln", "equipment.loom"]


def test_equipment_returned_a_minute_before_is_free_and_not_named() -> None:
    early, now = use("projector", 1, at(SIX, 0.1), title="Yoga"), use("projector", 1, at(SIX + timedelta(minutes=7)))
    wanted = asked(start=SIX + timedelta(minutes=7), equipment=(Need(equipment="projector", count=2),))
    found = only(judged(wanted, facts=Facts(equipment=(early, now))))
    assert ([each.title for each in found.conflicts], found.limit) == (["Job club"], 1)
    assert judged(wanted, facts=Facts(equipment=(early,))).possible


def test_bookings_of_places_in_the_first_and_last_quarter_hour_are_named() -> None:
    before, after = use("desks", 8, at(SIX, 0.1), title="Before"), use("desks", 7, at(SIX + HOUR * 1.7, 1))
    beyond = use("desks", 8, at(SIX + HOUR * 2, 1), title="Beyond")
    wanted = asked("desks", SIX + timedelta(minutes=10), 1.5, seats=2)
    found = only(judged(wanted, facts=Facts(pools=(before, after, beyond))))
    assert ([each.title for each in found.conflicts], found.limit) == (["Before", "Job club"], 0)
    found = only(judged(wanted, facts=Facts(pools=(after, beyond))))
    assert ([each.title for each in found.conflicts], found.limit) == (["Job club"], 1)


def test_places_are_counted_by_the_quarter_hour() -> None:
    facts = Facts(pools=(use("desks", 8, at(SIX, 0.1)),))
    assert not judged(asked("desks", SIX + timedelta(minutes=10)), facts=facts).possible
    assert judged(asked("desks", SIX + timedelta(minutes=15)), facts=facts).possible


WINDOWS = Policy(
    windows=(
        PriorityWindow(tier=Tier.COMMUNITY, days=90),
        PriorityWindow(tier=Tier.COMMUNITY, days=30, spaces=("hall", "studio")),
        PriorityWindow(tier=Tier.COMMUNITY, days=7, spaces=("studio",)),
    )
)


@pytest.mark.parametrize(("space", "days"), [("yard", 90), ("hall", 30), ("studio", 7)])
def test_the_most_particular_window_holds_to_the_day(space: str, days: int) -> None:
    there = site_config(WINDOWS)
    last, next_day = SIX - timedelta(days=1) + timedelta(days=days), SIX + timedelta(days=days)
    assert not judged(asked(space, last), there, actor=CHOIR).refusals
    [reason] = judged(asked(space, next_day), there, actor=CHOIR).refusals
    assert (reason.why, reason.field, reason.asked, reason.limit) == (ReasonKind.TOO_EARLY, "starts", days + 1, days)


def test_a_window_opens_at_local_midnight_and_says_on_which_day() -> None:
    there = site_config(Policy(windows=(PriorityWindow(tier=Tier.COMMUNITY, days=30),)))
    wanted = asked(start=datetime(2027, 4, 28, 17, tzinfo=UTC))  # 18:00 in London, summer time from 28 March
    opens = datetime(2027, 3, 29, tzinfo=UTC) - timedelta(hours=1)
    [reason] = judged(wanted, there, actor=CHOIR, now=opens - timedelta(seconds=1)).refusals
    assert reason.text == "community groups can book Yard 30 days ahead; this can be booked from Mon 29 Mar on"
    assert not judged(wanted, there, actor=CHOIR, now=opens).refusals


@pytest.mark.parametrize("tier", [Tier.COUNCIL, Tier.PARTNER, Tier.COMMERCIAL])
def test_a_tier_without_a_window_books_as_early_as_it_likes(tier: Tier) -> None:
    assert not judged(asked(start=SIX + timedelta(days=700)), site_config(WINDOWS), actor=CHOIR, tier=tier).refusals


def fair_use(per: QuotaPeriod, **more: object) -> Policy:
    return Policy(quotas=(Quota(name="Fair use", per=per, **more),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("per", "text"),
    [
        (QuotaPeriod.DAY, "on Thu 26 Nov"),
        (QuotaPeriod.WEEK, "in the week from Mon 23 Nov"),
        (QuotaPeriod.MONTH, "in November 2026"),
        (QuotaPeriod.AHEAD, "ahead at a time"),
    ],
)
def test_a_quota_of_bookings_names_its_period_and_the_bookings(per: QuotaPeriod, text: str) -> None:
    there = site_config(fair_use(per, most_bookings=1))
    facts = spent(SIX - timedelta(hours=4))
    [reason] = judged(asked(), there, actor=CHOIR, facts=facts).refusals
    assert reason.text == (
        f"“Fair use” allows 1 booking {text}; with this it would be 2 bookings: Choir, Thu 26 Nov, 14:00 to 16:00"
    )
    assert (reason.why, reason.asked, reason.limit, len(reason.conflicts)) == (ReasonKind.QUOTA, 2, 1, 1)
    assert judged(asked(), there, actor=CHOIR, facts=facts).conflicts == ()
    assert not judged(asked(), there, actor=CHOIR).refusals


def test_a_quota_of_minutes_counts_real_minutes() -> None:
    there = site_config(fair_use(QuotaPeriod.DAY, most_minutes=1440))
    back = localday(date(2027, 10, 31))
    [reason] = judged(asked(start=back, hours=25), there, actor=CHOIR).refusals
    assert reason.text == "“Fair use” allows 24 hours on Sun 31 Oct 2027; with this it would be 25 hours"
    forward = localday(date(2027, 3, 28))
    assert not judged(asked(start=forward, hours=23), there, actor=CHOIR).refusals


def test_exactly_the_minutes_of_a_quota_are_within_it() -> None:
    there = site_config(fair_use(QuotaPeriod.DAY, most_minutes=240))
    facts = spent(SIX - timedelta(hours=4))
    assert not judged(asked(hours=2), there, actor=CHOIR, facts=facts).refusals
    [reason] = judged(asked(hours=2 + 1 / 60), there, actor=CHOIR, facts=facts).refusals
    assert (reason.asked, reason.limit) == (241, 240)


def localday(day: date) -> datetime:
    return local_time.day_start(day, HUB.tz)


def test_a_week_of_a_quota_ends_at_local_midnight_over_the_clock_change() -> None:
    there = site_config(fair_use(QuotaPeriod.WEEK, most_bookings=1))
    sunday, monday = localday(date(2027, 3, 28)), localday(date(2027, 3, 29))
    assert monday - sunday == timedelta(hours=23)
    late = spent(monday - timedelta(minutes=30), hours=1)
    assert not judged(asked(start=monday), there, actor=CHOIR, facts=late).refusals
    assert judged(asked(start=monday - timedelta(hours=6)), there, actor=CHOIR, facts=late).refusals
    early = spent(monday)
    assert judged(asked(start=monday + timedelta(days=6)), there, actor=CHOIR, facts=early).refusals


def test_past_bookings_do_not_count_as_ahead() -> None:
    there = site_config(fair_use(QuotaPeriod.AHEAD, most_bookings=1))
    over = SIX - timedelta(days=1, hours=8)
    assert not judged(asked(), there, actor=CHOIR, facts=spent(over, hours=2)).refusals
    assert judged(asked(), there, actor=CHOIR, facts=spent(over, hours=2.5)).refusals


def test_a_quota_is_only_for_its_tiers_parties_and_spaces() -> None:
    facts = spent(SIX - timedelta(hours=4), space="studio")

    def refused(**more: object) -> bool:
        there = site_config(fair_use(QuotaPeriod.DAY, most_bookings=1, **more))
        return bool(judged(asked(), there, actor=CHOIR, facts=facts).refusals)

    assert refused()
    assert refused(tiers=(Tier.COMMUNITY,), parties=("choir",))
    assert not refused(tiers=(Tier.PARTNER,))
    assert not refused(parties=("yoga",))
    assert not refused(spaces=("studio",)), "the wish is for another space"
    assert not refused(spaces=("yard",)), "what there is lies in another space"


def test_windows_and_quotas_do_not_bind_a_manager_unless_told_to() -> None:
    policy = Policy(
        windows=(PriorityWindow(tier=Tier.COMMUNITY, days=0),),
        quotas=(Quota(name="None", per=QuotaPeriod.WEEK, most_bookings=0),),
    )
    assert judged(asked(), site_config(policy)).reasons == ()
    bound = judged(asked(by_rules=True), site_config(policy))
    assert [each.why for each in bound.reasons] == [ReasonKind.TOO_EARLY, ReasonKind.QUOTA, ReasonKind.APPROVAL]
