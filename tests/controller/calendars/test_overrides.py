"""A date of a series that something else in the file names is never booked at its old time."""

import pytest

from tests.controller.calendars.test_read_calendar import END, START, event, refused, shown, sorted_out

SERIES = event(START, END, "RRULE:FREQ=WEEKLY;COUNT=4")
"""19:00 to 21:00 in London on 24 and 31 March (the clocks have gone forward), 7 and 14 April."""
SECOND = "RECURRENCE-ID;TZID=Europe/London:20260331T190000"
ONWARD = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20260331T190000"
MOVED = ("DTSTART;TZID=Europe/London:20260401T200000", "DTEND;TZID=Europe/London:20260401T213000")
WITHOUT_SECOND = ["03-24 19:00 21:00", "04-07 19:00 21:00", "04-14 19:00 21:00"]
EARLIER = "03-24 19:00 21:00"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((SECOND, MOVED[0]), "neither DTEND nor DURATION"),
        ((SECOND, *MOVED, "DURATION:PT2H"), "both DTEND and DURATION"),
        ((SECOND, *MOVED, "TRANSP:TRANSPARENT"), "free time"),
        ((SECOND, "DTSTART;TZID=Mars/Olympus:20260401T200000", MOVED[1]), "time zone “Mars/Olympus”"),
        ((SECOND, "DTSTART:tomorrow", MOVED[1]), "DTSTART cannot be read"),
        ((SECOND, MOVED[0], "DTEND;TZID=Europe/London:20260401T190000"), "ends before it begins"),
        ((SECOND, MOVED[0], "DTEND;TZID=Europe/London:20260601T190000"), "longer than 31 days"),
        ((SECOND, *MOVED, "DTSTART 20260401"), "is not a property"),
        ((SECOND.replace("Europe/London", "Mars/Olympus"), *MOVED, "TRANSP:TRANSPARENT"), "free time"),
        (("RECURRENCE-ID:20260331T190000", *MOVED, "TRANSP:TRANSPARENT"), "free time"),
        (("RECURRENCE-ID:20260331T180000Z", *MOVED, "TRANSP:TRANSPARENT"), "free time"),
        (("RECURRENCE-ID;VALUE=DATE:20260331", *MOVED, "TRANSP:TRANSPARENT"), "free time"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_date_whose_override_is_refused_is_not_booked_at_its_old_time(
    lines: tuple[str, ...], words: str, order: int
) -> None:
    found = sorted_out(*[SERIES, event(*lines)][::order])
    assert shown(found) == WITHOUT_SECOND
    [fault] = found.faults
    assert words in fault.reason


def test_a_date_whose_override_is_cut_off_is_not_booked_at_its_old_time() -> None:
    cut = event(SECOND, *MOVED).replace("END:VEVENT\n", "")
    found = sorted_out(cut, SERIES)
    assert (shown(found), found.whole) == (WITHOUT_SECOND, False)
    assert ["has no END:VEVENT" in each.reason for each in found.faults] == [True]


def test_where_an_override_names_no_date_nothing_of_its_series_is_booked() -> None:
    line, reason = refused(SERIES, event("RECURRENCE-ID:next Tuesday", *MOVED))
    assert (line, "RECURRENCE-ID:next Tuesday names no date" in reason) == (10, True)


@pytest.mark.parametrize(
    "named",
    [
        SECOND,
        "RECURRENCE-ID;VALUE=DATE:20260331",
        "RECURRENCE-ID:20260331T190000",
        "RECURRENCE-ID:20260331T180000Z",
        "RECURRENCE-ID;TZID=Mars/Olympus:20260331T190000",
    ],
)
def test_an_override_takes_the_place_of_its_date_however_it_names_it(named: str) -> None:
    found = sorted_out(SERIES, event(named, *MOVED))
    assert found.faults == ()
    assert shown(found) == [EARLIER, "04-01 20:00 21:30", *WITHOUT_SECOND[1:]]
    assert found.occurrences[1].recurrence_id == "20260331T180000Z"


def test_a_time_names_a_whole_day_of_a_series_of_whole_days() -> None:
    days = event("DTSTART;VALUE=DATE:20260601", "RRULE:FREQ=DAILY;COUNT=2")
    found = sorted_out(days, event("RECURRENCE-ID:20260601T230000Z", "DTSTART;VALUE=DATE:20260605"))
    assert shown(found) == ["06-01 00:00 00:00", "06-05 00:00 00:00"]


@pytest.mark.parametrize(
    "lines",
    [
        (SECOND, "STATUS:CANCELLED", MOVED[0]),
        (SECOND, "STATUS:CANCELLED"),
        (SECOND, "STATUS:CANCELLED", *MOVED, "TRANSP:TRANSPARENT"),
    ],
)
def test_a_cancelled_date_needs_no_end(lines: tuple[str, ...]) -> None:
    found = sorted_out(SERIES, event(*lines))
    assert found.faults == ()
    [cancelled] = [each for each in found.occurrences if each.cancelled]
    assert cancelled.recurrence_id == "20260331T180000Z"
    assert len(found.occurrences) == 4


def test_an_end_beside_a_duration_of_nothing_counts() -> None:
    assert shown(sorted_out(event(START, END, "DURATION:PT0S"))) == [EARLIER]
    assert "has no length" in refused(event(START, "DURATION:PT0S"))[1]


def test_a_change_of_this_and_all_later_dates_moves_and_lengthens_each() -> None:
    found = sorted_out(SERIES, event(ONWARD, *MOVED).replace("Choir", "Late choir"))
    assert found.faults == ()
    assert shown(found) == [EARLIER, "04-01 20:00 21:30", "04-08 20:00 21:30", "04-15 20:00 21:30"]
    assert [each.title for each in found.occurrences] == ["Choir", *["Late choir"] * 3]
    assert [each.recurrence_id for each in found.occurrences[1:]] == [
        "20260331T180000Z",
        "20260407T180000Z",
        "20260414T180000Z",
    ]


def test_the_wall_time_of_all_later_dates_holds_over_both_clock_changes() -> None:
    forward = sorted_out(
        event(START, END, "RRULE:FREQ=WEEKLY;COUNT=3"),
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20260324T190000",
            "DTSTART;TZID=Europe/London:20260324T200000",
            "DURATION:PT1H",
        ),
    )
    assert shown(forward) == ["03-24 20:00 21:00", "03-31 20:00 21:00", "04-07 20:00 21:00"]
    back = sorted_out(
        event("DTSTART;TZID=Europe/London:20261018T190000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;COUNT=3"),
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20261018T180000Z",
            "DTSTART:20261018T190000Z",
            "DTEND:20261018T200000Z",
        ),
    )
    assert shown(back) == ["10-18 20:00 21:00", "10-25 20:00 21:00", "11-01 20:00 21:00"]


def test_a_later_date_that_moves_to_a_time_that_does_not_exist_is_left_out_and_listed() -> None:
    found = sorted_out(
        event("DTSTART;TZID=Europe/London:20260322T030000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"),
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20260322T030000",
            "DTSTART;TZID=Europe/London:20260322T013000",
            "DURATION:PT1H",
        ),
    )
    assert shown(found) == ["03-22 01:30 02:30", "04-05 01:30 02:30"]
    [fault] = found.faults
    assert "01:30 on 29 March 2026 does not exist" in fault.reason


def test_an_override_of_one_date_counts_for_more_than_one_of_all_later_and_the_last_for_more_than_the_first() -> None:
    found = sorted_out(
        SERIES,
        event(ONWARD, *MOVED),
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20260414T190000",
            "DTSTART;TZID=Europe/London:20260414T100000",
            "DURATION:PT1H",
        ),
        event("RECURRENCE-ID;VALUE=DATE:20260407", "DTSTART;TZID=Europe/London:20260409T080000", "DURATION:PT30M"),
    )
    assert shown(found) == [EARLIER, "04-01 20:00 21:30", "04-09 08:00 08:30", "04-14 10:00 11:00"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((ONWARD, MOVED[0]), "neither DTEND nor DURATION"),
        ((ONWARD, *MOVED, "TRANSP:TRANSPARENT"), "free time"),
        ((ONWARD, *MOVED, "RRULE:FREQ=DAILY"), "has dates of its own"),
        ((ONWARD, "DTSTART;VALUE=DATE:20260331"), "turns times into whole days"),
        ((ONWARD, "DTSTART;TZID=Europe/London:20280331T190000", "DURATION:PT2H"), "more than 366 days"),
    ],
)
def test_where_a_change_of_all_later_dates_is_refused_none_of_them_is_booked(
    lines: tuple[str, ...], words: str
) -> None:
    found = sorted_out(SERIES, event(*lines))
    assert shown(found) == [EARLIER]
    [fault] = found.faults
    assert words in fault.reason


def test_all_later_dates_may_be_cancelled_at_once_and_without_their_series_the_one_is_taken() -> None:
    found = sorted_out(SERIES, event(ONWARD, "STATUS:CANCELLED"))
    assert [each.cancelled for each in found.occurrences] == [False, True, True, True]
    alone = sorted_out(event(ONWARD, *MOVED))
    assert (shown(alone), alone.faults) == (["04-01 20:00 21:30"], ())


def test_dates_that_move_into_the_year_that_is_looked_at_are_found() -> None:
    found = sorted_out(
        event("DTSTART;TZID=Europe/London:20251201T190000", "DURATION:PT2H", "RRULE:FREQ=MONTHLY;COUNT=2"),
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20251201T190000",
            "DTSTART;TZID=Europe/London:20260110T190000",
            "DURATION:PT2H",
        ),
    )
    assert shown(found) == ["01-10 19:00 21:00", "02-10 19:00 21:00"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("SEQUENCE:1",), ("SEQUENCE:2",)),
        ((), ("SEQUENCE:1",)),
        (("SEQUENCE:9",), ("SEQUENCE:10",)),
        (("SEQUENCE:1", "DTSTAMP:20260102T000000Z"), ("SEQUENCE:1", "DTSTAMP:20260103T000000Z")),
        (("SEQUENCE:1", "DTSTAMP:20260109T000000Z"), ("SEQUENCE:2", "DTSTAMP:20260103T000000Z")),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_higher_sequence_is_the_one_that_counts(old: tuple[str, ...], new: tuple[str, ...], order: int) -> None:
    whole = [event(START, END, *old), event(*MOVED, *new)]
    assert shown(sorted_out(*whole[::order])) == ["04-01 20:00 21:30"]
    dates = [event(SECOND, START, END, *old), event("RECURRENCE-ID:20260331T180000Z", *MOVED, *new)]
    found = sorted_out(SERIES, *dates[::order])
    assert found.faults == ()
    assert shown(found) == [EARLIER, "04-01 20:00 21:30", *WITHOUT_SECOND[1:]]


def test_the_older_of_two_is_not_taken_where_the_newer_is_refused() -> None:
    assert "free time" in refused(event(START, END), event(*MOVED, "SEQUENCE:1", "TRANSP:TRANSPARENT"))[1]


@pytest.mark.parametrize(
    "line", ["ATTENDEE", "X-APPLE nonsense", "and so on", "CREATED:never", "GEO:here", "ATTENDEE;;=:"]
)
def test_a_line_that_makes_no_time_costs_nothing(line: str) -> None:
    found = sorted_out(event(line, START, END))
    assert (shown(found), found.faults) == ([EARLIER], ())


@pytest.mark.parametrize("line", ["RRULE", "EXDATE=20260331", "DTEND 2026", "dtstart", "exrule"])
def test_a_line_that_might_make_a_time_costs_the_event(line: str) -> None:
    assert "is not a property with a value" in refused(event(line, START, END))[1]


def test_what_follows_a_rule_that_was_broken_off_is_not_left_out_of_it() -> None:
    assert "“COUNT=4” is not a property" in refused(event(START, END, "RRULE:FREQ=WEEKLY;", "COUNT=4"))[1]


def test_a_title_that_is_not_utf8_is_read_all_the_same() -> None:
    found = sorted_out(event(START, END).replace("Choir", "Caf\\, caf\udce9"))
    assert found.occurrences[0].title == "Caf, café"


def test_periods_of_rdate_have_their_own_length() -> None:
    found = sorted_out(
        event(
            START,
            END,
            "RDATE;VALUE=PERIOD;TZID=Europe/London:20260401T190000/20260401T200000,20260402T190000/PT3H",
            "RDATE;VALUE=PERIOD:20260403T180000Z/PT30M",
            "RDATE;TZID=Europe/London:20260404T190000",
        )
    )
    assert found.faults == ()
    assert shown(found) == [
        EARLIER,
        "04-01 19:00 20:00",
        "04-02 19:00 22:00",
        "04-03 19:00 19:30",
        "04-04 19:00 21:00",
    ]
    night = event("DTSTART;TZID=Europe/London:20261024T220000", "DURATION:PT1H")
    both = "RDATE;VALUE=PERIOD;TZID=Europe/London:20260328T220000/PT8H,20261024T230000/20261025T060000"
    assert shown(sorted_out(night.replace("DURATION", f"{both}\nDURATION"))) == [
        "03-28 22:00 07:00",
        "10-24 22:00 23:00",
        "10-24 23:00 06:00",
    ]


def test_a_calendar_of_cancellations_cancels_and_says_nothing_of_what_is_not_in_it() -> None:
    found = sorted_out("METHOD:CANCEL\n", event(SECOND, uid="b"), event(uid="a"), event(START, END, uid="c"))
    assert (found.whole, found.faults) == (False, ())
    assert [(each.uid, each.cancelled) for each in found.occurrences] == [("c", True), ("b", True)]
    assert [each.uid for each in found.ended] == ["a", "c"]
    assert "METHOD:REPLY" in refused("METHOD:REPLY\n", event(START, END))[1]
    assert sorted_out("METHOD:PUBLISH\n", event(START, END)).whole
