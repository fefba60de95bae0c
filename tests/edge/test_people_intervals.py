"""Counters of intervals (Xovis) and of one direction on each topic (Roode by ESPHome), by a table of what they send."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import Config
from edge.errors import ConfigError
from edge.sensors.config import MqttCounterConfig, MqttSensorsConfig
from edge.sensors.mqtt_devices.listener import subscribed
from edge.sensors.mqtt_devices.people_intervals import KEPT, Interval, Intervals, add, read_intervals
from edge.sensors.mqtt_devices.people_totals import MOST, Totals
from edge.sensors.report import Aside
from edge.wire.events import FootfallData
from tests.edge.hall import ZERO, Hall, config, with_hall
from tests.edge.test_config import GOOD, loaded
from tests.mqtt_devices import TABLE

MINUTE = timedelta(minutes=1)
NO_TIME = [{"name": "fw", "value": 1}, {"name": "bw", "value": 0}]
XOVIS = MqttCounterConfig(id="side-counter", topic="xovis/door")
ROODE = MqttCounterConfig(
    id="side-counter",
    topic="roode/sensor/door_entry_counter/state",
    out_topic="roode/sensor/door_exit_counter/state",
)


class Row(msgspec.Struct, frozen=True):
    """``ins``, ``outs``, ``set_aside``: what the edge has counted and set aside after it."""

    counter: str
    what: str
    topic: str
    payload: str
    ins: str
    outs: str
    set_aside: str
    source: str


def rows(counter: str) -> list[Row]:
    _, *lines = TABLE.with_name("people_counters.tsv").read_text(encoding="utf-8").splitlines()
    return [row for row in (Row(*line.split("\t")) for line in lines) if row.counter == counter]


def counting(counter: MqttCounterConfig) -> Config:
    return msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig(), mqtt_counters=(counter,))


def totals(hall: Hall) -> tuple[int, int]:
    found = hall.data(FootfallData)
    return (found[-1].total_ins, found[-1].total_outs) if found else (0, 0)


@pytest.mark.parametrize(("name", "counter"), [("xovis", XOVIS), ("roode", ROODE)])
def test_what_a_make_sends_is_counted_or_set_aside_as_the_table_says(name: str, counter: MqttCounterConfig) -> None:
    async def act(hall: Hall) -> None:
        for row in rows(name):
            hall.sensors.publish(row.topic, row.payload.encode(), retain=False)
            await asyncio.sleep(61)
            found = (*totals(hall), hall.state("side-counter").values["set_aside"])
            assert found == (int(row.ins), int(row.outs), int(row.set_aside)), row.what

    with_hall(act, config=counting(counter))


def push(minute: int, ins: int, outs: int) -> bytes:
    start = ZERO + minute * MINUTE
    counts = [{"name": "fw", "value": ins}, {"name": "bw", "value": outs}]
    record = {"from": start.isoformat(), "to": (start + MINUTE).isoformat(), "counts": counts}
    return json.dumps({"logics_data": {"logics": [{"name": "Door", "records": [record]}]}}).encode()


def test_an_interval_counts_once_over_a_restart_and_those_that_came_meanwhile_count() -> None:
    async def act(hall: Hall) -> None:
        async def say(*payloads: bytes) -> None:
            for payload in payloads:
                hall.sensors.publish(XOVIS.topic, payload, retain=False)
                await asyncio.sleep(90)

        await say(push(-1, 1, 0), push(0, 2, 1))
        assert totals(hall) == (2, 1)
        await hall.stop()
        await hall.start()
        await say(push(0, 2, 1), push(1, 5, 1), push(0, 2, 1))
        assert totals(hall) == (7, 2)

    with_hall(act, config=counting(XOVIS))


def interval(minute: int, ins: int, outs: int = 0) -> Interval:
    return Interval(ZERO + minute * MINUTE, ZERO + (minute + 1) * MINUTE, ins, outs)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=60), st.randoms(use_true_random=False))
def test_intervals_add_up_whatever_their_order_and_however_often_they_come(
    minutes: list[tuple[int, int]], random: Random
) -> None:
    once = {minute: interval(minute, people) for minute, people in minutes}
    sent = [*once.values(), *once.values()]
    random.shuffle(sent)
    state = Intervals()
    for each in sent:
        state, odd = add(state, (each,), None)
        assert odd is None
    assert state.totals == Totals(sum(each.ins for each in once.values()), 0)


def test_only_the_newest_intervals_are_remembered_and_totals_roll_over() -> None:
    state, _ = add(Intervals(totals=Totals(MOST - 1, 0)), tuple(interval(n, 1) for n in range(KEPT + 5)), None)
    assert (len(state.starts), min(state.starts)) == (KEPT, ZERO + 5 * MINUTE)
    assert state.totals == Totals(KEPT + 4, 0)


def test_what_a_wrong_clock_sent_before_the_time_was_known_hides_nobody_who_comes_later() -> None:
    ahead, _ = add(Intervals(), (interval(1_000_000, 2),), None)
    here, _ = add(Intervals(totals=ahead.totals, since=ahead.until), (interval(0, 3),), ZERO + 5 * MINUTE)
    assert (here.totals, here.until) == (Totals(5, 0), ZERO + MINUTE)


@pytest.mark.parametrize(
    ("said", "line", "found"),
    [
        ({"logics_data": []}, None, Aside.MALFORMED),
        ({"logics_data": {"logics": [3, None]}}, None, ()),
        ({"logics_data": {"logics": []}}, "Door", Aside.MALFORMED),
        (
            {"logics_data": {"logics": [{"records": [{"counts": [{"name": "fw"}, {"name": "bw"}]}]}]}},
            None,
            Aside.MALFORMED,
        ),
    ],
    ids=str,
)
def test_what_has_no_line_or_no_time_counts_nobody(said: dict[str, object], line: str | None, found: object) -> None:
    assert read_intervals(said, line) == found


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "records", "counts", "from", "to", "value", "fw", "bw"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(ANY, ANY, ANY)
def test_whatever_is_in_a_push_is_read_or_set_aside(logics: object, counts: object, at: object) -> None:
    record = {"from": at, "to": ZERO.isoformat(), "counts": [{"name": "fw", "value": counts}, *NO_TIME, counts]}
    for said in (logics, [logics], [{"records": [record]}], [{"records": logics}]):
        found = read_intervals({"logics_data": {"logics": said}}, None)
        assert found in list(Aside) or isinstance(found, tuple)


def test_a_line_is_chosen_by_its_name() -> None:
    (two,) = (json.loads(row.payload) for row in rows("xovis") if row.what.startswith("two lines"))
    (stairs,) = read_intervals(two, "Stairs")
    assert isinstance(stairs, Interval)
    assert (stairs.ins, stairs.outs) == (9, 9)


def test_both_topics_of_a_counter_are_subscribed_and_checked(tmp_path: Path) -> None:
    assert subscribed(MqttSensorsConfig(topics=("tele/#",)), [ROODE]) == ("tele/#", ROODE.topic, ROODE.out_topic)
    wrong = '[mqtt_sensors]\n[[mqtt_counter]]\nid = "side"\ntopic = "in"\nout_topic = "out/#/x"\n'
    with pytest.raises(ConfigError, match="out_topic"):
        loaded(tmp_path, f"{GOOD}\n{wrong}")
