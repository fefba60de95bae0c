"""Which rule confirms a wish at once, and how near the others came."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.bookings.diary.model import BookingRequest
from controller.bookings.diary.policy import ApprovalRule, Policy
from controller.bookings.rules.approval_rules import missed
from controller.bookings.rules.model import ReasonKind, RuleContext, RuleReason, RuleRequest
from controller.hours.model import Closure, OpeningHours, SpaceHours, Span, WeeklySpan
from controller.hours.timetable import Timetable
from controller.people.model import Tier
from edge.wire.plan import Mode
from tests.controller.bookings.hub import CHOIR, HUB, SIX, asked, at, judged, only, site_config, spent
from tests.controller.running import NOW

EVENINGS = ApprovalRule(
    name="Community evenings",
    tiers=(Tier.COMMUNITY,),
    spaces=("yard", "hall"),
    most_minutes=180,
    most_days_ahead=90,
    most_people=30,
    most_a_week=2,
    no_under_16s=True,
)


def approval(
    wanted: BookingRequest,
    *rules: ApprovalRule,
    tier: Tier = Tier.COMMUNITY,
    has: tuple[datetime, ...] = (),
    now: datetime = NOW,
) -> RuleReason | None:
    found = judged(wanted, site_config(Policy(rules=rules)), actor=CHOIR, tier=tier, facts=spent(*has), now=now)
    assert found.possible, "to wait for a manager refuses nothing"
    return only(found) if found.reasons else None


def test_a_request_that_fits_a_rule_is_confirmed_at_once() -> None:
    assert approval(asked(people=30), EVENINGS) is None
    assert approval(asked(people=30, hours=3), ApprovalRule(name="None", most_minutes=0), EVENINGS) is None


def test_without_rules_a_manager_decides() -> None:
    reason = approval(asked())
    assert reason is not None
    assert (reason.why, reason.text) == (ReasonKind.APPROVAL, "needs approval: a manager decides on every booking here")


@pytest.mark.parametrize(
    ("wanted", "field", "text", "figures"),
    [
        (asked(people=30, hours=3.25), "ends", "longer than 3 hours", (195, 180)),
        (asked(people=31), "people", "for more than 30 people", (31, 30)),
        (
            asked(under_16s=True),
            "people",
            "without a number of people and with under-16s",
            (None, None),
        ),
        (asked(people=30, under_16s=True), "under_16s", "with under-16s", (None, None)),
        (
            asked(start=SIX + timedelta(days=90), people=30),
            "starts",
            "more than 90 days ahead",
            (91, 90),
        ),
        (
            asked(people=31, hours=4, under_16s=True),
            "people",
            "for more than 30 people, with under-16s and longer than 3 hours",
            (None, None),
        ),
    ],
)
def test_the_rule_that_nearly_fitted_says_why_it_did_not(
    wanted: BookingRequest, field: str, text: str, figures: tuple[float | None, float | None]
) -> None:
    far = ApprovalRule(name="Mornings", most_minutes=0, most_people=0, no_under_16s=True, most_days_ahead=0)
    reason = approval(wanted, far, EVENINGS)
    assert reason is not None
    assert reason.text == f"needs approval: {text}, which “Community evenings” does not confirm at once"
    assert (reason.field, (reason.asked, reason.limit)) == (field, figures)


def test_a_request_that_only_lacks_a_number_of_people_says_so() -> None:
    reason = approval(asked(), EVENINGS)
    assert reason is not None
    assert reason.text == "needs approval: say how many people come; it may be confirmed at once then"
    assert (reason.field, reason.asked, reason.limit) == ("people", None, 30)


def test_rules_for_others_do_not_count_as_near() -> None:
    council = ApprovalRule(name="Council", tiers=(Tier.COUNCIL,))
    named = ApprovalRule(name="Yoga", parties=("yoga",))
    other = ApprovalRule(name="Studio", spaces=("studio",))
    reason = approval(asked(), council, named, other)
    assert reason is not None
    assert reason.text == "needs approval: no rule confirms bookings of Yard at once for community groups"
    near = approval(asked(hours=9, people=31), council, EVENINGS)
    assert near is not None
    assert "“Community evenings”" in near.text
    assert approval(asked(), council, tier=Tier.COUNCIL) is None


def test_bookings_of_the_same_local_week_count_and_this_one_too() -> None:
    monday, sunday = SIX - timedelta(days=3), SIX + timedelta(days=3)
    wanted = asked(people=1)
    assert approval(wanted, EVENINGS, has=(monday, monday - timedelta(days=1), sunday + timedelta(days=1))) is None
    reason = approval(wanted, EVENINGS, has=(monday, sunday))
    assert reason is not None
    assert reason.text.startswith("needs approval: more than 2 bookings in one week, which")
    assert (reason.asked, reason.limit) == (3, 2)


def test_every_mode_that_it_meets_must_be_allowed() -> None:
    staffed = Span(opens=9 * 60, closes=19 * 60, mode=Mode.STAFFED)
    hours = Timetable(site=HUB, timetable=OpeningHours(pattern=(WeeklySpan(weekday=3, span=staffed),)))
    rule = ApprovalRule(name="Staffed", modes=(Mode.STAFFED,))

    def reasons(wanted: BookingRequest) -> list[str]:
        found = judged(wanted, site_config(Policy(rules=(rule,)), hours=hours), actor=CHOIR)
        return [each.text for each in found.reasons]

    assert reasons(asked(start=SIX - timedelta(hours=1))) == []
    assert reasons(asked()) == [
        "needs approval: while the building is closed, which “Staffed” does not confirm at once"
    ]


def test_a_space_that_is_closed_for_itself_is_not_in_the_mode_of_its_building() -> None:
    staffed = Span(opens=9 * 60, closes=22 * 60, mode=Mode.STAFFED)
    closure = Closure(id="c1", during=at(SIX, 1), reason="Floor", spaces=("studio",), made_at=NOW, made_by="Una Porter")
    hours = Timetable(
        site=HUB,
        timetable=OpeningHours(pattern=(WeeklySpan(weekday=3, span=staffed),)),
        closures=(closure,),
        spaces={each: SpaceHours(name=each, atoms=frozenset({each})) for each in ("yard", "studio")},
    )
    rule = ApprovalRule(name="Staffed", modes=(Mode.STAFFED,))
    there = site_config(Policy(rules=(rule,)), hours=hours)

    def texts(space: str) -> list[str]:
        request = RuleRequest(asked=asked(space), actor=CHOIR)
        return [
            each.text
            for each in missed(
                rule, RuleContext(site_config=there, request=request, place=there.require(space), now=NOW)
            )
        ]

    assert texts("yard") == []
    assert texts("studio") == ["while the building is closed"]


@pytest.mark.parametrize(
    ("evening", "hours"),
    [
        pytest.param(datetime(2026, 10, 24, 22, tzinfo=UTC), 9, id="the night the clocks go back"),
        pytest.param(datetime(2027, 3, 27, 23, tzinfo=UTC), 7, id="the night the clocks go forward"),
    ],
)
def test_a_night_is_as_long_as_it_really_is(evening: datetime, hours: float) -> None:
    """23:00 to 07:00 on the wall."""
    wanted = asked(start=evening, hours=hours)
    assert approval(wanted, ApprovalRule(name="Night", most_minutes=round(hours * 60)), now=evening) is None
    reason = approval(wanted, ApprovalRule(name="Night", most_minutes=round(hours * 60) - 1), now=evening)
    assert reason is not None
    assert reason.asked == hours * 60


ANY = ApprovalRule(name="Any")


@pytest.mark.parametrize(
    ("notice_min", "early", "text"),
    [
        (0, timedelta(0), None),
        (0, timedelta(minutes=-1), "needs approval: it has begun already"),
        (None, timedelta(hours=-1), None),
        (90, timedelta(minutes=90), None),
        (
            90,
            timedelta(minutes=89),
            "needs approval: it begins in 1 hour 29 minutes, and Ramsey Hub asks for 1 hour 30 minutes of notice",
        ),
        (
            90,
            timedelta(minutes=-5),
            "needs approval: it has begun already, and Ramsey Hub asks for 1 hour 30 minutes of notice",
        ),
    ],
)
def test_a_request_below_the_minimum_notice_waits_for_approval(
    notice_min: int | None, early: timedelta, text: str | None
) -> None:
    there = site_config(Policy(rules=(ANY,), notice_min=notice_min))
    found = judged(asked(), there, actor=CHOIR, now=SIX - early)
    assert [each.text for each in found.reasons] == ([] if text is None else [text])
    assert found.possible
    assert judged(asked(), there, now=SIX - early).reasons == (), "a manager need give no notice"


@pytest.mark.parametrize("day", [datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)])
def test_notice_is_real_time_in_the_nights_of_the_clock_changes(day: datetime) -> None:
    there = site_config(Policy(rules=(ANY,), notice_min=120))
    enough, too_little = (
        judged(asked(start=day), there, actor=CHOIR, now=day - timedelta(minutes=minutes)) for minutes in (120, 119)
    )
    assert not enough.needs_approval
    assert too_little.needs_approval
