"""A recording of other people: what can be read is read, the rest is set aside and counted."""

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from controller.occupancy.recording import BadRecording, mapping, read

LONDON = ZoneInfo("Europe/London")


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recording.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-03-01 9:05:00", "2026-03-01 9:10:00"),
        ("2026-03-01T09:05:00Z", "2026-03-01T09:10:00Z"),
        ("2026-03-01 17:05 +08:00", "2026-03-01 17:10 +08:00"),
        ("2026-03-01 09:05:00 UTC", "2026-03-01 09:10:00 UTC"),
        ("2026/3/1 9:05", "2026/3/1 9:10"),
        ("01/03/2026 09:05", "01/03/2026 09:10"),
        ("1/3/26 9:05:00", "1/3/26 9:10:00"),
        ("01-Mar-2026 09:05:00", "01-Mar-2026 09:10:00"),
        ("Sun Mar  1 09:05:00 2026", "Sun Mar 01 09:10:00 2026"),
        ("1772355900", "1772356200"),
        ("1772355900000", "1772356200000"),
    ],
)
def test_times_are_read_in_the_forms_that_loggers_write(tmp_path: Path, first: str, second: str) -> None:
    found = read(_file(tmp_path, f"t,c\n{first},500\n{second},510\n"), mapping(["t=time", "c=co2"]))
    assert found.seconds.tolist() == [1772355900.0, 1772356200.0]
    assert not found.aside


def test_month_first_is_recognised_by_the_times_that_follow_each_other(tmp_path: Path) -> None:
    days = "\n".join(f"{month}/{day}/05,1" for month in (7, 8) for day in range(1, 29))
    found = read(_file(tmp_path, f"t,c\n{days}\n"), mapping(["t=time", "c=in"]))
    assert (found.moments[0].month, found.moments[-1].month, found.moments[-1].day) == (7, 8, 28)


def test_a_date_and_a_time_in_two_columns_are_one_time(tmp_path: Path) -> None:
    found = read(_file(tmp_path, "d,t,c\n2026-03-01,9:05:00,500\n"), mapping(["d=time", "t=time", "c=co2"]))
    assert found.moments[0].isoformat() == "2026-03-01T09:05:00+00:00"


def test_both_hours_are_kept_when_the_clock_goes_back_and_none_is_made_when_it_goes_forward(tmp_path: Path) -> None:
    autumn = ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]
    rows = "\n".join(f"2026-10-25 {clock},1" for clock in autumn)
    back = read(_file(tmp_path, f"t,n\n{rows}\n"), mapping(["t=time", "n=in"]), LONDON)
    assert np.diff(back.seconds).tolist() == [1800.0] * 5
    rows = "\n".join(f"2026-03-29 {clock},1" for clock in ("00:30", "02:00", "02:30"))
    forward = read(_file(tmp_path, f"t,n\n{rows}\n"), mapping(["t=time", "n=in"]), LONDON)
    assert np.diff(forward.seconds).tolist() == [1800.0] * 2


def test_what_cannot_be_true_is_set_aside_and_counted(tmp_path: Path) -> None:
    text = (
        "t;temp;co2;in;pir\n"
        "2026-03-01 09:00;68;500;1;ON\n"
        "2026-03-01 09:05;NaN;Gate broken;390000;off\n"
        "2026-03-01 09:05;70;501;2;on\n"
        "yesterday;70;502;2;on\n"
        "2026-03-01 09:10;900;-5;-3;maybe\n"
        "2026-03-01 09:15;70\n"
    )
    columns = ["t=time", "temp=temperature:F", "co2=co2:ppm", "in=in", "pir=pir"]
    found = read(_file(tmp_path, text), mapping(columns))
    values = {column.name: column.values.tolist() for column in found.columns}
    assert values["temp"][0] == pytest.approx(20.0)
    assert np.isnan(values["temp"][1:]).all()
    assert values["in"][0] == 1.0
    assert np.isnan(values["in"][1:]).all()
    assert values["pir"][:2] == [1.0, 0.0]
    assert found.aside == {
        "rows with too few fields": 1,
        "rows whose time cannot be read": 1,
        "rows with the time of another": 1,
        "temp: no value": 1,
        "temp: cannot be true": 1,
        "co2: not a number": 1,
        "co2: cannot be true": 1,
        "in: cannot be true": 1,
        "in: more than can pass a door": 1,
        "pir: not a number": 1,
    }


def test_a_growing_counter_gives_what_came_between_also_over_a_restart_and_a_roll_over(tmp_path: Path) -> None:
    totals = [65530, 65533, 2, 10, 0, 4]
    rows = "\n".join(f"2026-03-01 09:{5 * index:02},{total}" for index, total in enumerate(totals))
    found = read(_file(tmp_path, f"t,n\n{rows}\n"), mapping(["t=time", "n=in-total"]))
    assert found.columns[0].kind == "in"
    assert found.columns[0].values.tolist()[1:] == [3.0, 5.0, 8.0, 0.0, 4.0]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (["t=time", "c"], "is not column=kind"),
        (["t=time", "c=smell"], "“smell” is no kind of column"),
        (["t=time", "c=co2:furlong"], "“furlong” is no unit of co2"),
        (["t=time:stardate"], "“stardate” is no form of a time"),
        (["t=time", "nowhere=co2"], "has no column “nowhere”. Its columns are t, c"),
        (["c=co2"], "No column is the time"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_is_known(tmp_path: Path, columns: list[str], says: str) -> None:
    with pytest.raises(BadRecording, match=says):
        read(_file(tmp_path, "t,c\n2026-03-01 09:00,500\n"), mapping(columns))


def test_a_file_without_a_readable_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match="has no row with a time that can be read"):
        read(_file(tmp_path, "t,c\nsoon,500\n"), mapping(["t=time", "c=co2"]))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no heading"),
        ("t,c\n", "has no row as long as its heading"),
        ("t,c\n2026-03-01 09:00\n", "has no row as long as its heading"),
        ('t,c\n2026-03-01 09:00,"500\n' + "2026-03-01 09:05,500\n" * 10_000, 'is a “"” not closed'),
    ],
)
def test_a_file_without_rows_or_with_an_open_quotation_says_so(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadRecording, match=says):
        read(_file(tmp_path, text), mapping(["t=time", "c=co2"]))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_commas_that_do_not_separate_are_decimal(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "recording.csv"
    path.write_text("t;c\r\n13.03.2026 09:05:00,500;500,5\r\n14.03.2026 09:05:00;600\r\n", encoding=encoding)
    found = read(path, mapping(["t=time", "c=co2"]))
    assert found.columns[0].values.tolist() == [500.5, 600.0]
    assert found.moments[0].isoformat() == "2026-03-13T09:05:00.500000+00:00"
    assert not found.aside


@pytest.mark.parametrize("wrong", ["1970-01-01 00:00:03", "0001-01-01 00:00", "9999-12-31 23:59"])
def test_the_time_of_a_clock_that_was_never_set_is_set_aside(tmp_path: Path, wrong: str) -> None:
    found = read(_file(tmp_path, f"t,n\n{wrong},1\n2026-03-01 09:00,2\n"), mapping(["t=time", "n=in"]), LONDON)
    assert found.columns[0].values.tolist() == [2.0]
    assert found.aside == {"rows whose time cannot be true": 1}


def test_one_row_without_a_time_does_not_hide_that_the_others_count_seconds(tmp_path: Path) -> None:
    found = read(_file(tmp_path, "t,c\n-,500\n1772355900,500\n1772356200,510\n"), mapping(["t=time", "c=co2"]))
    assert found.seconds.tolist() == [1772355900.0, 1772356200.0]


@pytest.mark.parametrize("row", ["2026-03-01 09:05,500,", "1,2026-03-01 09:05,500"])
def test_a_row_may_end_with_a_separator_or_begin_with_its_number(tmp_path: Path, row: str) -> None:
    found = read(_file(tmp_path, f"t,c\n{row}\n"), mapping(["t=time", "c=co2"]))
    assert (found.seconds.tolist(), found.columns[0].values.tolist()) == ([1772355900.0], [500.0])


def test_values_may_name_their_unit_and_lines_separate_columns(tmp_path: Path) -> None:
    rows = "2026-03-01 09:05|453.5 ppm|70.0 °F\n2026-03-01 09:10|0.05 %|21 °C\n2026-03-01 09:15|12 apples|294.15K\n"
    found = read(_file(tmp_path, f"t|c|w\n{rows}"), mapping(["t=time", "c=co2", "w=temperature"]))
    air, warmth = found.columns
    assert air.values[:2].tolist() == [453.5, 500.0]
    assert np.isnan(air.values[2])
    assert warmth.values == pytest.approx([21.1, 21.0, 21.0], abs=0.05)
    assert found.aside == {"c: not a number": 1}
