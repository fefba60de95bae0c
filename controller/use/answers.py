"""What is answered about the use of sites."""

from controller.platform.web.fields import Answer, Ends, LocalTime, Page, Starts
from controller.use.late_opening import HoursChanged, LateOpening, OpenHours, WeekHour, WeekRate
from controller.use.model import (
    Counts,
    GroupUse,
    Minutes,
    ModeVisits,
    MonthUse,
    Peak,
    SiteUse,
    SiteVisits,
    SpaceUse,
    Week,
    WifiUse,
)


class MinutesRead(Answer, of=Minutes):
    """Minutes of a room, of the places of a pool, or of all rooms together. `bookable`: open, staffed or not, less
    closures; 0: there is nothing to have a share of. `booked`: no-shows included; `outside`: what of it is not bookable
    time. `used`: of bookings whose people came, from their arrival to the end; when people left is not known, so this
    is the most. `no_show`: nobody came. `not_measured`: nothing is known."""


class CountsRead(Answer, of=Counts):
    """Bookings that began in the time: `arrived`, `no_shows` and `unknown`, of which nothing is known.
    `late_cancellations`, less than 24 hours before the start, are not among them."""


class WeekRead(Answer, of=Week):
    """Minutes by hour of the week on the wall clock, 168 of each, Monday 00:00 to 01:00 first. Where the clocks go
    back, an hour has 120 minutes."""


class SpaceUseRead(Answer, of=SpaceUse):
    """`places`: of a pool, whose minutes are those of its places; null for a room. `parts`: the rooms it divides into,
    of which its minutes are the mean. `counts`: of bookings of this very room."""

    minutes: MinutesRead
    counts: CountsRead
    week: WeekRead


class MonthUseRead(Answer, of=MonthUse):
    """All rooms in a month, such as 2026-11. A month without bookable time was closed."""

    minutes: MinutesRead


class GroupUseRead(Answer, of=GroupUse):
    """`party`: null for the bookings of no group. `booked` and `missed`: minutes of its bookings, and of those after
    which nobody came."""

    party_name: str | None
    counts: CountsRead


class ModeVisitsRead(Answer, of=ModeVisits):
    """`minutes`: how long the site was in a mode; `measured`: in how many of them all its counters are known to have
    worked. `visits`: people counted in, at least so many where not all is measured; null where nothing is. `per_hour`:
    visits by measured hour; null where less than a tenth is measured."""


class PeakRead(Answer, of=Peak):
    """The most people inside for ten minutes from `at`: at least `people`, with a probability of 0.9; counted were
    `estimate`. For no ten minutes of the day were there more than `most`, with a probability of 0.9 if at most one in
    ten of the crossings was missed. `ins`, `outs`: the day's counts that it is made of; their difference is an
    error if the day is `ended`, since the building was empty then."""


class SiteVisitsRead(Answer, of=SiteVisits, hidden=("open_hours", "all_visits")):
    """`doors`: that had a counter; `part_of_the_time`: those that had one in a part of the time only. `open`: staffed
    and extended together. `open_days`: local days with open time; `measured_days`: those of which it can be said how
    many were inside, of which `peak` is the highest; null where nobody came, nothing is sure, or no day is measured.
    `most`: the highest of the measured days; it may be of another day than the peak."""

    open: ModeVisitsRead
    staffed: ModeVisitsRead
    extended: ModeVisitsRead
    closed: ModeVisitsRead
    peak: PeakRead | None


class OpenHoursRead(Answer, of=OpenHours):
    """Staffed or extended time. `minutes`: of it; `measured`: those in which every counter worked. `visits`: people
    counted in within these; `per_hour`, and its `error`, half of a 90 % interval from how days differ, of seven days at
    least, and from 2 % wrong crossings; null: not measured, or less than a tenth of it is. `bookings`: that began in
    it; `arrivals`: of them those whose people came; `unknown`: those of which nothing is known."""


class WeekHourRead(Answer, of=WeekHour):
    """An hour of the week, 0 to 167 from Monday 00:00, as staffed or extended time; fields as of `OpenHoursRead`.
    `arrivals`: null where nothing is known of any of its bookings."""


class WeekRateRead(Answer, of=WeekRate):
    """What a week before and after the change has of `what`: visits, bookings or arrivals, each with its error, half of
    a 90 % interval; null where it cannot be said, and `why_not` says why. Days that a closure hit, and bank holidays
    with hours of their own, are left out; of bookings also those before the first of all, of arrivals those with a
    booking of which nothing is known."""


class HoursChangedRead(Answer, of=HoursChanged):
    """The last change of the opening hours in the time."""

    at: LocalTime
    rates: list[WeekRateRead]


class LateOpeningRead(Answer, of=LateOpening):
    """What extended hours brought. `week`: hours that were staffed or extended. `change`: null where the hours were not
    changed, or are not known; `why_no_change` says which."""

    staffed: OpenHoursRead
    extended: OpenHoursRead
    week: list[WeekHourRead]
    change: HoursChangedRead | None


class WifiUseRead(Answer, of=WifiUse):
    """Devices on the WiFi of a zone, which are not people. `sessions`: stays that began; `stayed`: minutes of all
    devices together; null where nothing is known. `minutes`: of the time; `measured`: those in which every source of
    the zone worked, none before the first day with a session. Sessions of zones do not add up to the building's."""


class UseRead(Answer, of=SiteUse, hidden=("during",)):
    """`until`: up to when it is measured, `ends` or now. `hours_set`: whether there are opening hours; without them
    nothing is bookable time. `hours_known`: whether it is known which hours were set then; else some of the time counts
    by those of later. `visits`: null where no door had a counter. `minutes` and `week`: of all rooms, each part of a
    room that divides counted once, pools left out. `counts`: of all bookings. `unused`: what was bookable and not
    booked. `closed`: why it was closed, a sentence each. `groups_shown`: whether the reader may see who booked; else
    there are no `groups`."""

    starts: Starts
    ends: Ends
    minutes: MinutesRead
    counts: CountsRead
    week: WeekRead
    months: list[MonthUseRead]
    spaces: list[SpaceUseRead]
    groups: list[GroupUseRead]
    groups_shown: bool
    visits: SiteVisitsRead | None
    late: LateOpeningRead
    wifi: list[WifiUseRead]


class UsePeriodRead(Answer, of=SiteUse, hidden=("during", "week", "months", "spaces", "groups")):
    """As `UseRead`, of all rooms. `bookings_from` and `counts_from`: when the first booking of the site began, and when
    a counter was first heard of, where that is later than the period's beginning; else null."""

    starts: Starts
    ends: Ends
    minutes: MinutesRead
    counts: CountsRead
    visits: SiteVisitsRead | None
    bookings_from: LocalTime | None
    counts_from: LocalTime | None


class ComparedPeriodRead(Answer):
    """`period`: null where nothing was recorded yet. `change`: by how much visits of an open hour differ from then, as
    a share of those then: 0.1 is a tenth more; of the hours of the week that are measured in both. Where that cannot be
    said it is null, and `why_no_change` says why."""

    period: UsePeriodRead | None
    change: float | None
    why_no_change: str


class ComparedSiteRead(Answer):
    """A site's period beside the one of the same length `before`, and that of a year before."""

    site: str
    site_name: str
    period: UsePeriodRead
    before: ComparedPeriodRead
    year_before: ComparedPeriodRead


class ComparedSites(Page[ComparedSiteRead]):
    """A page of sites, in the order of their ids."""
