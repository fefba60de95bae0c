"""The demo's figures are those of the data they name: `make check-data DATA=folder of the published files`.

The files themselves are not part of the source tree (Newcastle City Council, "Newcastle Libraries open data"; the
recurrence rules of python-dateutil's tests; frames and keys of readers from their makers' manuals and open projects;
street counts of Heart of the City Auckland).
"""

import csv
import json
import os
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from controller.hours.recurrence.rule import read_rule
from controller.occupancy.forecast.model import Floats
from tests import access_control as readers
from tests import mqtt_devices, street_counts
from tests.ical_rules import ours, table, wall

HUBS = [
    path
    for path in sorted((Path(__file__).parents[1] / "firmware_sim" / "data").glob("*.toml"))
    if "figures" in tomllib.loads(path.read_text())
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _rows(name: str) -> list[dict[str, str]]:
    found = sorted(Path(os.environ["DATA"]).rglob(name))
    assert found, f"no {name} in or below {os.environ['DATA']}"
    with found[0].open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _row(name: str, column: str, value: str) -> dict[str, str]:
    (row,) = (each for each in _rows(name) if each[column] == value)
    return row


@pytest.fixture(params=HUBS, ids=lambda path: path.stem)
def hub(request: pytest.FixtureRequest) -> dict[str, Any]:
    return tomllib.loads(request.param.read_text())


def _branch(hub: dict[str, Any]) -> str:
    branch = hub["figures"]["branch"]
    assert isinstance(branch, str)
    return branch


def test_visits_of_each_month(hub: dict[str, Any]) -> None:
    published = _row("2008-onwards-monthly-visits.csv", "Library", _branch(hub))
    figures = hub["figures"]
    for month, visits in {**figures["monthly_visits"], **figures["wifi_visits"]}.items():
        heading = month if month in published else month.replace("-0", "-")
        assert int(published[heading]) == visits, month


def test_wifi_users_of_each_month(hub: dict[str, Any]) -> None:
    published = _row("2019-onwards-monthly-wifi-users.csv", "Library", _branch(hub))
    for month, users in hub["figures"]["wifi_users"].items():
        assert int(published[month]) == users, month


def test_floor_space(hub: dict[str, Any]) -> None:
    published = _row("floor-space.csv", "venue", f"{_branch(hub)} Library")
    assert int(published["gross_floor_space_m2"]) == hub["figures"]["gross_floor_m2"]
    assert int(published["net_floor_space_m2"]) == hub["figures"]["net_floor_m2"]


def test_place(hub: dict[str, Any]) -> None:
    published = _row("current-libraries.csv", "Library", _branch(hub))
    assert (float(published["Latitude"]), float(published["Longitude"])) == (hub["latitude"], hub["longitude"])


def test_opening_hours_of_the_last_timetable(hub: dict[str, Any]) -> None:
    rows = [
        each
        for each in _rows("all-libraries-opening-times.csv")
        if each["venue"] in {_branch(hub), f"{_branch(hub)} Library"}
    ]
    last = rows[-1]["dataset_date_key"]
    published = []
    for each in rows:
        if each["dataset_date_key"] == last:
            times = [
                each[column]
                for column in ("open_morning", "close_lunchtime", "open_lunchtime", "close_evening")
                if each[column]
            ]
            published += [
                (_DAYS.index(each["day"]), opens, closes) for opens, closes in zip(times[::2], times[1::2], strict=True)
            ]
    shown = [(each["weekday"], each["opens"], each["closes"]) for each in hub["hours"]]
    assert sorted(shown) == sorted(published), last


NOT_BY_RFC_5545 = ("testYearlyByWeekNo",)
"""Where a week without a day means all seven; by 3.3.10 the day is that of the start."""


def _vectors() -> list[dict[str, Any]]:
    (file,) = Path(os.environ["DATA"]).rglob("dateutil_rrule_vectors.json")
    vectors: list[dict[str, Any]] = json.loads(file.read_text())["vectors"]
    return [each for each in vectors if each["test"] not in NOT_BY_RFC_5545]


def _lines(vector: dict[str, Any], *names: str) -> list[str]:
    lines = (line.partition(":") for line in vector["ical"].upper().split())
    return [value.replace("BYWEEKDAY", "BYDAY") for name, _, value in lines if name in names]


def test_recurrence_rules_give_the_published_times() -> None:
    for vector in _vectors():
        (begins,) = _lines(vector, "DTSTART")
        added, taken = _lines(vector, "RRULE", "RDATE"), _lines(vector, "EXRULE", "EXDATE")
        texts = [read_rule(each).text if "=" in each else each for each in added]
        found = [each.isoformat() for each in ours(wall(begins), texts, taken)]
        assert found == vector["expected"], vector["test"]


def test_the_table_of_recurrence_rules_is_the_published_one() -> None:
    published = [
        (
            tuple(_lines(vector, "RRULE", "RDATE")),
            tuple(_lines(vector, "EXRULE", "EXDATE")),
            tuple(vector["expected"]),
        )
        for vector in _vectors()
    ]
    kept = [(each.added, each.taken, tuple(at.isoformat() for at in each.gives)) for each in table()]
    assert kept == published


def _access_control() -> Path:
    (file,) = Path(os.environ["DATA"]).rglob("wiegand_vectors.json")
    return file.parent


def test_every_published_card_is_read_and_none_with_a_wrong_bit() -> None:
    for row in readers.published_cards(_access_control()):
        readers.card_is_read(row)
        readers.flipped_card_is_refused(row)


def test_every_published_key_is_read_and_none_with_a_wrong_bit_where_the_format_has_bits_to_spare() -> None:
    for row in readers.published_keys(_access_control()):
        readers.key_is_read(row)
        if row.format != "keys4":
            readers.flipped_key_is_refused(row)


def test_every_published_osdp_frame_is_read_and_none_with_a_wrong_bit() -> None:
    for row in readers.published_frames(_access_control()):
        readers.frame_is_read(row)
        readers.flipped_frame_is_refused(row)


def test_the_tables_of_readers_are_the_published_ones() -> None:
    folder = _access_control()
    assert readers.card_rows() == readers.published_cards(folder)
    assert readers.key_rows() == readers.published_keys(folder)
    assert readers.frame_rows() == readers.published_frames(folder)


def test_payloads_of_mqtt_devices() -> None:
    """Each is read as the table says; those of no family that we know are nobody's."""
    (file,) = Path(os.environ["DATA"]).rglob("payloads.json")
    table_rows = {(row.topic, json.dumps(json.loads(row.payload), sort_keys=True)): row for row in mqtt_devices.rows()}
    sources: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for published in json.loads(file.read_text(encoding="utf-8")):
        payload = json.dumps(published["payload"], sort_keys=True)
        if published["family"].startswith("LoRaWAN"):
            assert mqtt_devices.read("application/1/device/2/event/up", published["payload"]) == "-"
            continue
        topic = mqtt_devices.topic_of(published)
        sources[topic, payload].add(published.get("source", published["family"]))
        assert mqtt_devices.read(topic, published["payload"]) == table_rows[topic, payload].says
    assert sources.keys() == table_rows.keys()
    assert all(table_rows[message].source in named for message, named in sources.items())


def _street_counts() -> dict[str, Floats]:
    (file,) = Path(os.environ["DATA"]).rglob("hourly_counts_2024.csv")
    return street_counts.published(file)


def test_the_table_of_street_counts_is_the_published_one() -> None:
    table = street_counts.table()
    np.testing.assert_array_equal(table, _street_counts()["30 Queen Street"][: len(table)])


@pytest.mark.parametrize(
    ("half", "first", "last"),
    [("the half that chose the settings", 56, 176), ("the half that chose nothing", 182, 360)],
)
def test_a_forecast_of_street_counts_is_as_near_as_documented(half: str, first: int, last: int) -> None:
    near, far = street_counts.walk(list(_street_counts().values()), first, last, step=3)
    sys.stdout.write(f"\n{half}: days 1-7: {near}; days 8-14: {far}\n")
    assert near.share(near.off) <= 0.165
    assert far.share(far.off) <= 0.185
    assert all(0.85 <= each.covered <= 0.95 for each in (near, far))
