"""`hallkeeper forecast`: files in, CSV out, clear words for what is wrong."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from controller.occupancy.forecast.cli import app
from tests.controller.occupancy.recordings import write

START = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """Seven weeks up to 21 December, 20 people an hour from 9 to 17."""
    hours = [START + timedelta(hours=each) for each in range(49 * 24)]
    rows = [(f"{each:%Y-%m-%d %H:%M}", 20 if 9 <= each.hour < 17 else 0) for each in hours]
    return write(tmp_path / "counts.csv", ["time", "count"], rows)


def _run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in words])


def _rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(result.stdout.splitlines()))


def test_two_weeks_of_hours_are_written_with_interval(counts: Path) -> None:
    rows = _rows(_run(counts))
    assert list(rows[0]) == ["start", "end", "expected", "low", "high", "level", "note"]
    assert len(rows) == 14 * 24
    assert (rows[0]["start"], rows[0]["end"]) == ("2026-12-21T00:00:00+00:00", "2026-12-21T01:00:00+00:00")
    noon = rows[12]
    assert int(noon["low"]) <= float(noon["expected"]) <= int(noon["high"])
    assert float(noon["expected"]) == pytest.approx(20, abs=1)


def test_in_london_bank_holidays_are_known(counts: Path) -> None:
    notes = {row["start"][:10]: row["note"] for row in _rows(_run(counts, "--zone", "Europe/London")) if row["note"]}
    assert notes["2026-12-25"] == "Christmas Day"
    assert "2026-12-28" in notes


def test_days_that_are_not_like_others_come_from_a_file(counts: Path, tmp_path: Path) -> None:
    special = [("2026-12-24", "2026-12-27", "closed"), ("2026-12-29 12:00", "2026-12-29 14:00", "closed")]
    special += [("2026-12-21", "2026-12-23", "school holidays"), ("2026-12-30", "", "bank holiday")]
    file = write(tmp_path / "closed.csv", ["first", "last", "what"], special)
    rows = _rows(_run(counts, "--closed", file))
    closed = [row["start"] for row in rows if row["note"] == "closed"]
    assert len(closed) == 4 * 24 + 2
    assert {row["high"] for row in rows if row["note"] == "closed"} == {"0"}
    assert {row["note"] for row in rows if row["start"] < "2026-12-24"} == {"school holidays"}
    assert {row["note"] for row in rows if row["start"].startswith("2026-12-30")} == {"bank holiday"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("2026-12-24", "2026-12-27", "shut"), "line 2: “shut” is none of closed, bank holiday, school holidays"),
        (("2026-06-05", "9999-12-31", "closed"), "line 2: from “2026-06-05” to “9999-12-31” is no time"),
        (("24 December", "", "closed"), "line 2: from “24 December” to “” is no time"),
        (("2026-12-27", "2026-12-24", "closed"), "line 2: from “2026-12-27” to “2026-12-24” is no time"),
    ],
)
def test_a_special_day_that_cannot_be_read_is_named_by_its_line(
    counts: Path, tmp_path: Path, row: tuple[str, ...], said: str
) -> None:
    result = _run(counts, "--closed", write(tmp_path / "closed.csv", ["first", "last", "what"], [row]))
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_of_special_days_without_its_columns_is_refused(counts: Path, tmp_path: Path) -> None:
    result = _run(counts, "--closed", write(tmp_path / "closed.csv", ["day"], [["2026-12-24"]]))
    assert result.exit_code == 2
    assert "needs the columns first, last, what" in result.stderr


def test_too_few_days_are_refused(tmp_path: Path) -> None:
    rows = [(f"{START + timedelta(hours=each):%Y-%m-%d %H:%M}", 5) for each in range(72)]
    result = _run(write(tmp_path / "short.csv", ["time", "count"], rows))
    assert result.exit_code == 2
    assert "3 days have enough counts; 7 are needed" in result.stderr


def test_silence_is_said(counts: Path) -> None:
    lines = counts.read_text().splitlines()
    counts.write_text("\n".join([*lines[:-48], *(line.rsplit(",")[0] + ",0" for line in lines[-48:])]))
    result = _run(counts)
    assert "hours of zeros while people were expected" in result.stderr
    assert float(_rows(result)[12]["expected"]) == pytest.approx(20, abs=2)
