"""How commands write tables and times."""

import io
from datetime import datetime, timedelta, timezone

import pytest
from rich.console import Console

from controller.platform.cli import output

UUID = "01a21293-b600-7df1-890c-0f1360596b01"


def written(headings: tuple[str, ...], rows: list[tuple[str, ...]], width: int = 100) -> str:
    console = Console(width=width, record=True, force_terminal=True, file=io.StringIO())
    assert output.show(console, headings, rows) is bool(rows)
    return console.export_text()


def test_a_table_without_rows_is_not_written_nor_a_column_without_words() -> None:
    assert written(("When", "Why"), []) == ""
    told = written(("When", "Why", "Who"), [("now", "", ""), ("then", "", "Ann [choir]")])
    assert ("When" in told, "Why" in told, "Ann [choir]" in told) == (True, False, True)


def test_an_id_can_be_copied_whole_from_a_narrow_screen() -> None:
    told = written((output.ID, "When", "Booking"), [(UUID, "Thu 26 Nov 2026, 18:00 to 20:00", "A long title " * 9)], 60)
    assert UUID in told


def piped() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(width=20, file=file), file


def test_another_program_gets_a_line_for_each_row_whole_and_parted_by_tabs() -> None:
    console, file = piped()
    rows = [(UUID, "Ann [choir]", ""), ("2", "Ben\tor\nBea", "a long reason")]
    assert output.show(console, ("ID", "Who", "Why"), rows)
    assert file.getvalue() == f"ID\tWho\tWhy\n{UUID}\tAnn [choir]\t\n2\tBen or Bea\ta long reason\n"
    console, file = piped()
    assert not output.show(console, ("ID",), [])
    assert file.getvalue() == ""


def test_one_thing_is_shown_a_line_for_each_fact_that_is_known() -> None:
    console, file = piped()
    output.show_one(console, {"Party": "choir", "Phone": "", "Notes": "quiet\nplease"})
    assert file.getvalue() == "Party\tchoir\nNotes\tquiet please\n"
    shown = Console(force_terminal=True, file=(file := io.StringIO()))
    output.show_one(shown, {"Party": "choir", "Phone": "", "Notes": "quiet"})
    assert file.getvalue() == "Party  choir\nNotes  quiet\n"


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("2026-11-26T18:00+00:00", "2026-11-26T20:00+00:00", "Thu 26 Nov 2026, 18:00 to 20:00"),
        ("2026-11-26T18:00+00:00", "2026-11-27T00:00+00:00", "Thu 26 Nov 2026, 18:00 to 24:00"),
        ("2026-11-26T18:00+00:00", "2026-11-27T01:00+00:00", "Thu 26 Nov 2026, 18:00 to Fri 27 Nov 2026, 01:00"),
        ("2026-11-26T00:00+00:00", "2026-11-28T00:00+00:00", "Thu 26 Nov 2026, 00:00 to Sat 28 Nov 2026, 00:00"),
        ("2027-10-31T00:30+01:00", "2027-10-31T02:30+00:00", "Sun 31 Oct 2027, 00:30 to 02:30"),
        ("2027-03-28T00:30+00:00", "2027-03-28T02:30+01:00", "Sun 28 Mar 2027, 00:30 to 02:30"),
    ],
)
def test_a_time_is_written_as_its_site_reads_it(starts: str, ends: str, said: str) -> None:
    assert output.span(datetime.fromisoformat(starts), datetime.fromisoformat(ends)) == said


def test_a_moment_keeps_the_zone_that_it_carries() -> None:
    summer = timezone(timedelta(hours=1))
    assert output.moment(datetime(2027, 6, 3, 18, 0, tzinfo=summer)) == "Thu 3 Jun 2027, 18:00"


def test_a_table_on_a_narrow_screen_cuts_no_word_off() -> None:
    text = written((output.ID, "Who", "Why"), [(UUID, "Wilhelmina", "furniture")], width=60)
    assert ("…" in text, UUID in text) == (False, True)
