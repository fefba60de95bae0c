"""A file taken apart: components know their lines, and whatever is broken costs only itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.calendars.ics_parser import LIMIT_BYTES, CalendarError, CalendarTooLarge, NotACalendar, parse_components

EVENT = "BEGIN:VEVENT\nUID:a\nSUMMARY:Choir\nEND:VEVENT\n"


def calendar(body: str) -> bytes:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n".encode()


def test_components_know_where_they_begin() -> None:
    found = parse_components(calendar(EVENT + EVENT))
    assert [(each.name, each.line, each.uid) for each in found.components] == [("VEVENT", 3, "a"), ("VEVENT", 7, "a")]
    assert found.faults == ()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_line_end_is_taken_and_folds_are_undone(end: str) -> None:
    data = calendar("BEGIN:VEVENT\nSUMMARY:Cho\n ir\nUID:a\nEND:VEVENT\n").replace(b"\n", end.encode())
    [component] = parse_components(data).components
    assert [(line.number, line.value) for line in component.lines] == [(4, "Choir"), (6, "a")]


def test_components_inside_each_other_without_end_are_no_calendar() -> None:
    with pytest.raises(NotACalendar, match=r"line 22 BEGIN:X is nested in 20 others"):
        parse_components(calendar("BEGIN:X\n" * 100_000 + "END:X\n" * 100_000))


def test_a_fold_inside_a_character_is_undone() -> None:
    data = calendar("BEGIN:VEVENT\nSUMMARY:Café\nEND:VEVENT\n").replace("é".encode(), b"\xc3\r\n \xa9")
    [component] = parse_components(data).components
    assert component.lines[0].value == "Café"


def test_bytes_that_are_no_text_mark_their_line() -> None:
    [component] = parse_components(calendar(EVENT).replace(b"Choir", b"Ch\xffoir")).components
    assert [line.sound for line in component.lines] == [True, False]


def test_an_event_without_its_end_is_listed_and_the_next_is_taken() -> None:
    found = parse_components(calendar("BEGIN:VEVENT\nUID:lost\n" + EVENT))
    assert [(each.uid, each.whole) for each in found.components] == [("lost", False), ("a", True)]
    [fault] = found.faults
    assert (fault.line, fault.uid) == (3, "lost")
    assert "no END:VEVENT before line 5" in fault.reason


def test_a_truncated_file_is_reported_and_its_whole_events_are_taken() -> None:
    found = parse_components(calendar(EVENT + EVENT)[:-30])
    assert [each.whole for each in found.components] == [True, False]
    assert {fault.line for fault in found.faults} == {1, 7}


def test_an_alarm_inside_an_event_is_passed_over() -> None:
    found = parse_components(calendar("BEGIN:VEVENT\nUID:a\nBEGIN:VALARM\nnonsense\nEND:VALARM\nEND:VEVENT\n"))
    assert [line.name for line in found.components[0].lines] == ["UID"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><html>", "web page"),
        (b"", "empty"),
        (b"PK\x03\x04", "no BEGIN:VCALENDAR"),
        (b"BEGIN:VCARD\nEND:VCARD\n", "no BEGIN:VCALENDAR"),
    ],
)
def test_what_is_no_calendar_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(NotACalendar, match=words):
        parse_components(data)


def test_a_file_over_two_megabytes_is_refused() -> None:
    with pytest.raises(CalendarTooLarge, match="2 MB"):
        parse_components(b"x" * (LIMIT_BYTES + 1))


@given(st.binary(max_size=300) | st.text(alphabet='BEGIND:VCALRT\n ;="\t', max_size=300).map(str.encode))
def test_any_bytes_give_components_or_a_calendar_error(noise: bytes) -> None:
    for data in (noise, calendar(EVENT) + noise, b"BEGIN:VCALENDAR\n" + noise + calendar(EVENT)):
        try:
            parse_components(data)
        except CalendarError:
            continue
