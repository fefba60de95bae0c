"""What people type for times becomes what the API takes."""

import pytest
import typer

from controller.bookings.cli_times import edge, period


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("26/11/2026", "2026-11-26"),
        ("Thu 26 Nov 2026", "2026-11-26"),
        ("2026-11-26", "2026-11-26"),
        ("26/11/2026 6pm", "2026-11-26T18:00:00"),
        ("2026-11-26T18:00+01:00", "2026-11-26T17:00:00+00:00"),
    ],
)
def test_a_day_or_a_time_of_it_bounds_a_list(text: str, said: str) -> None:
    assert edge(text) == said


@pytest.mark.parametrize(
    ("when", "until", "minutes", "said"),
    [
        ("26/11/2026 18:00", "20:00", None, ("2026-11-26T18:00:00", "2026-11-26T20:00:00")),
        ("26/11/2026 6pm", "24:00", None, ("2026-11-26T18:00:00", "2026-11-27T00:00:00")),
        ("26/11/2026 22:00", "1am", None, ("2026-11-26T22:00:00", "2026-11-27T01:00:00")),
        ("26/11/2026 22:00", "28/11/2026 9:00", None, ("2026-11-26T22:00:00", "2026-11-28T09:00:00")),
        ("26/11/2026 18:00", None, 90, ("2026-11-26T18:00:00", "2026-11-26T19:30:00")),
        ("30/10/2027 23:00", None, 240, ("2027-10-30T23:00:00", "2027-10-31T03:00:00")),
        ("27/03/2027 23:00", None, 240, ("2027-03-27T23:00:00", "2027-03-28T03:00:00")),
        ("2027-10-31T01:30Z", None, 60, ("2027-10-31T01:30:00+00:00", "2027-10-31T02:30:00+00:00")),
    ],
)
def test_a_length_is_one_by_the_clock_and_an_end_before_the_start_is_on_the_next_day(
    when: str, until: str | None, minutes: int | None, said: tuple[str, str]
) -> None:
    assert period(when, until, minutes) == said


@pytest.mark.parametrize("minutes", [-2_000_000_000, 5_000_000_000, 10**18])
def test_a_length_that_leads_out_of_the_calendar_is_refused(minutes: int) -> None:
    with pytest.raises(typer.BadParameter):
        period("26/11/2026 18:00", None, minutes)
