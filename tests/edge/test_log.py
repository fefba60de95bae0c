"""The log holds up no door and fills no card."""

import io
import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.system.log import WAITING_LIMIT, is_journal, logging_to
from edge.wire.log_format import AN_HOUR, EVENTS_AN_HOUR, HOUR_S, LogFormat, LogThrottle, formatter


def record(text: str, *args: object, at: float = 0.0, level: int = logging.WARNING) -> logging.LogRecord:
    made = logging.LogRecord("edge", level, "file", 1, text, args, None)
    made.created = 1_000_000.0 + at
    return made


def test_a_repeated_log_message_is_thinned_out_and_then_counted() -> None:
    thinning = LogThrottle()
    through = [number for number in range(100) if thinning.filter(record("pin %d is stuck", number, at=number))]
    assert through == list(range(AN_HOUR))
    assert thinning.filter(record("something else", at=100))
    later = record("pin %d is stuck", 7, at=HOUR_S)
    assert thinning.filter(later)
    assert later.getMessage() == f"pin 7 is stuck (and {100 - AN_HOUR} more like it before)"


def test_sentences_of_different_edges_are_thinned_each_by_itself() -> None:
    thinning = LogThrottle("edge", "reason")
    lines = [record("Refused") for _ in range(3 * (AN_HOUR + 5))]
    for number, line in enumerate(lines):
        line.edge, line.reason = f"pi-{number % 3}", "malformed"
    assert sum(map(thinning.filter, lines)) == 3 * AN_HOUR


def test_rare_messages_are_always_logged_unchanged() -> None:
    thinning = LogThrottle()
    for hour in range(50):
        said = record("a plan came", at=hour * HOUR_S)
        assert thinning.filter(said)
        assert said.getMessage() == "a plan came"


def test_an_error_is_never_thinned_and_a_clock_set_back_starts_another_hour() -> None:
    thinning = LogThrottle()
    assert all(thinning.filter(record("it broke", level=logging.ERROR)) for _ in range(100))
    for _ in range(AN_HOUR + 5):
        thinning.filter(record("odd", at=10_000))
    assert thinning.filter(record("odd", at=0))


def test_lines_come_out_in_order_and_all_before_the_end() -> None:
    stream = io.StringIO()
    with logging_to(stream, level=logging.INFO):
        for number in range(5):
            logging.getLogger("edge.x").info("line %d", number)
        logging.getLogger("edge.x").debug("not wanted")
    assert stream.getvalue().splitlines() == [f"INFO edge.x: line {number}" for number in range(5)]


def test_the_fields_of_a_line_follow_its_sentence() -> None:
    stream = io.StringIO()
    with logging_to(stream, level=logging.INFO):
        logging.getLogger("edge.x").warning("A message was refused", extra={"action": "refused", "reason": "late"})
    assert stream.getvalue() == "WARNING edge.x: A message was refused action=refused reason=late\n"


def test_a_stalled_stream_delays_nobody() -> None:
    reading, writing = os.pipe()
    written = threading.Event()

    def drain() -> None:
        written.wait()
        while os.read(reading, 65_536):
            pass

    late = threading.Thread(target=drain)
    late.start()
    with os.fdopen(writing, "w", buffering=1) as stream, logging_to(stream, level=logging.INFO):
        for number in range(WAITING_LIMIT * 2):
            logging.getLogger("edge").info("%s " + str(number), "x" * 1000)
        written.set()
    late.join()
    os.close(reading)


def test_a_line_of_json_is_one_object_whatever_is_in_it() -> None:
    stream = io.StringIO()
    log = logging.getLogger("edge.x")
    with logging_to(stream, level=logging.INFO, kind=LogFormat.JSON):
        log.info(
            'A door "%s"\nopened', "front", extra={"event": "ramsey/main/7", "at": datetime(2026, 1, 1, tzinfo=UTC)}
        )
        try:
            raise LookupError("no pin")
        except LookupError:
            log.exception("It broke")
    opened, broke = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (opened["level"], opened["logger"], opened["event"]) == ("info", "edge.x", "ramsey/main/7")
    assert opened["message"] == 'A door "front"\nopened'
    assert datetime.fromisoformat(opened["time"]).tzinfo is not None
    assert "LookupError: no pin" in broke["exception"]


def test_each_event_of_a_busy_hour_has_its_line_and_a_flood_has_not() -> None:
    thinning = LogThrottle()
    lines = [record("An event was recorded", level=logging.INFO) for _ in range(EVENTS_AN_HOUR + 100)]
    for number, line in enumerate(lines):
        line.event = f"ramsey/main/{number}"
    assert sum(map(thinning.filter, lines)) == EVENTS_AN_HOUR


def test_in_the_journal_every_line_has_its_priority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = logging.Formatter("%(levelname)s %(message)s")
    with (tmp_path / "stderr").open("w") as stream:
        there = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino}")
        assert (
            formatter(LogFormat.TEXT, text, journal=is_journal(stream)).format(record("one\ntwo"))
            == "<4>WARNING one\n<4>two"
        )
        monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino + 1}")
        assert formatter(LogFormat.TEXT, text, journal=is_journal(stream)).format(record("one")) == "WARNING one"
