"""A counter over MQTT that sends one total of all who pass: half visits, and nobody for what cannot be."""

import asyncio
import json

import msgspec
import pytest

from edge.sensors.config import MqttCounterConfig, MqttSensorsConfig
from edge.sensors.mqtt_devices.people_counter import OFTEN_S
from edge.sensors.mqtt_devices.people_totals import Totals, read_both_ways
from edge.sensors.report import Aside
from edge.wire.events import FaultData, FootfallData
from tests.edge.hall import DOOR, Hall, config, with_hall

COUNTING = MqttCounterConfig(id="side-counter", topic="tele/side/SENSOR", door=DOOR, both_ways=True, total="COUNTER.C1")
HEARS = msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig(), mqtt_counters=(COUNTING,))


@pytest.mark.parametrize(
    ("payload", "total", "found"),
    [
        # A bare number, as ESPHome publishes a sensor's state: its mqtt component
        (b"190", None, Totals(190, 0)),
        (b"190.0", None, Totals(190, 0)),
        # Tasmota, tele/%topic%/SENSOR: its documentation, "Counters"
        (b'{"Time":"2026-11-25T12:00:00","COUNTER":{"C1":190,"C2":3}}', "COUNTER.C1", Totals(190, 0)),
        # Shelly Gen2+, status/input:2 in count mode: its API, component Input
        (b'{"id":2,"counts":{"total":190,"by_minute":[1000,0,0]}}', "counts.total", Totals(190, 0)),
        # ELSYS, of The Things Stack: pulseAbs of its payload decoder
        (b'{"uplink_message":{"decoded_payload":{"pulseAbs":190}}}', "pulseAbs", Totals(190, 0)),
        (b"NaN", None, Aside.NOT_A_NUMBER),
        (b"-3", None, Aside.OUT_OF_BOUNDS),
        (b"1.5", None, Aside.OUT_OF_BOUNDS),
        (b"Gate broken", None, Aside.NOT_A_NUMBER),
        (b'{"COUNTER":{"C1":"NaN"}}', "COUNTER.C1", Aside.NOT_A_NUMBER),
        (b'{"COUNTER":{"C1":true}}', "COUNTER.C1", Aside.NOT_A_NUMBER),
        (b'{"COUNTER":{"C1":-4}}', "COUNTER.C1", Aside.OUT_OF_BOUNDS),
        (b'{"COUNTER":{"C1":4294967296}}', "COUNTER.C1", Aside.OUT_OF_BOUNDS),
        (b'{"COUNTER":5}', "COUNTER.C1", Aside.MALFORMED),
        (b"[190]", "COUNTER.C1", Aside.MALFORMED),
        (b"\xff\xfe", "COUNTER.C1", Aside.MALFORMED),
    ],
)
def test_one_total_is_read_where_it_is_said_to_be(payload: bytes, total: str | None, found: Totals | Aside) -> None:
    assert read_both_ways(payload, total) == found


def report(hall: Hall, total: object) -> None:
    hall.sensors.publish("tele/side/SENSOR", json.dumps({"COUNTER": {"C1": total}}).encode())


def test_resets_roll_overs_and_jumps_of_one_total_count_nobody_who_did_not_pass() -> None:
    async def act(hall: Hall) -> None:
        for total in (65_530, 65_533, "NaN", -4, 455_533, 65_534, 2, 0, 1, 2):
            report(hall, total)
            await asyncio.sleep(2 * OFTEN_S)
        counted = [(each.passages, each.total_passages) for each in hall.data(FootfallData)]
        assert counted == [(3, 3), (1, 4), (4, 8), (1, 9), (1, 10)]
        assert {(each.ins, each.outs, each.door) for each in hall.data(FootfallData)} == {(0, 0, DOOR)}
        values = hall.state("side-counter").values
        assert (values["passages_today"], values["set_aside"]) == (10, 4)
        assert not hall.data(FaultData)

    with_hall(act, config=HEARS)


def test_who_passed_while_the_agent_was_off_is_counted_once() -> None:
    async def act(hall: Hall) -> None:
        for total in (100, 110):
            report(hall, total)
            await asyncio.sleep(90)
        await hall.stop()
        await asyncio.sleep(600)
        await hall.start()
        report(hall, 125)
        await asyncio.sleep(1)
        assert hall.data(FootfallData)[-1].total_passages == 25

    with_hall(act, config=HEARS)
