"""Bought people counters over MQTT: what each sends, and that nobody is counted for what cannot be."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.net.mqtt_client import sensors_link
from edge.sensors.config import MqttCounterConfig, MqttSensorsConfig, hears
from edge.sensors.mqtt_devices.decode import TOPICS
from edge.sensors.mqtt_devices.listener import subscribed
from edge.sensors.mqtt_devices.people_counter import OFTEN_S, SILENT_S, STATE_S
from edge.sensors.mqtt_devices.people_totals import AT_ONCE, LIMIT, Follower, Passed, Totals, follow, read
from edge.sensors.report import Aside
from edge.system.persisted_state import FILE
from edge.wire.broker_link import Connected, Message
from edge.wire.events import FaultData, FootfallData
from edge.wire.faults import FaultCode
from tests.edge.hall import DOOR, Hall, config, named, with_hall
from tests.edge.test_broker_link import Ear
from tests.edge.test_config import GOOD, loaded
from tests.services.mosquitto import Broker

TOPIC = "application/7/device/24e124fffef00001/event/up"
HEARS = msgspec.structs.replace(
    config(),
    mqtt_sensors=MqttSensorsConfig(),
    mqtt_counters=(MqttCounterConfig(id="side-counter", topic="application/+/device/24e124fffef00001/event/up"),),
)

VS132 = {
    "protocol_version": 1,
    "sn": "6614c39694870000",
    "hardware_version": "1.2",
    "firmware_version": "132.1.0.1",
    "total_counter_in": 190,
    "total_counter_out": 305,
    "periodic_counter_in": 0,
    "periodic_counter_out": 0,
}
IMBUILDINGS = {
    "device_type": "People Counter",
    "device_id": "0004a30b00f0d40e",
    "battery_voltage": 2.56,
    "counter_a": 0,
    "counter_b": 0,
    "total_counter_a": 13,
    "total_counter_b": 10,
    "payload_counter": 106,
}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        # Milesight VS132: actility/device-catalog, vendors/milesight-iot/drivers/vs132/examples.json
        (VS132, Totals(190, 305)),
        # The same in an uplink of ChirpStack 4: its integration.proto, UplinkEvent, field "object"
        ({"deduplicationId": "3ac7", "fPort": 100, "object": VS132}, Totals(190, 305)),
        # Milesight VS133 and VS135: Milesight-IoT/SensorDecoders, VS_Series/VS13x/README.md
        ({"line_1_total_in": 41, "line_1_total_out": 39, "line_1_period_in": 2}, Totals(41, 39)),
        # Milesight VS350: Milesight-IoT/SensorDecoders, VS_Series/VS350/README.md
        ({"battery": 98, "total_in": 7, "total_out": 5, "period_in": 0, "period_out": 1}, Totals(7, 5)),
        # Terabee PC-L-XL: actility/device-catalog, vendors/terabee/drivers/pc-l-xl/examples.json
        ({"count_in": 16, "count_out": 17}, Totals(16, 17)),
        # IMBuildings: TheThingsNetwork/lorawan-devices, vendor/imbuildings/imbuildings-codec.yaml
        ({"uplink_message": {"decoded_payload": IMBUILDINGS}}, Totals(13, 10)),
    ],
)
def test_totals_are_read_as_each_make_sends_them(said: object, found: Totals) -> None:
    assert read(json.dumps(said).encode()) == found


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"Entry", Aside.MALFORMED),  # Roode sends each person by itself: two of one and a second delivery are alike
        (b"\xff\xfe", Aside.MALFORMED),
        (b"[1, 2]", Aside.MALFORMED),
        (b'{"total_in": 5}', Aside.MALFORMED),
        (b'{"total_in": NaN, "total_out": 5}', Aside.MALFORMED),
        (b'{"total_in": null, "total_out": 5}', Aside.NOT_A_NUMBER),
        (b'{"total_in": true, "total_out": 5}', Aside.NOT_A_NUMBER),
        (b'{"total_in": "NaN", "total_out": 5}', Aside.NOT_A_NUMBER),
        (b'{"total_in": -3, "total_out": 5}', Aside.OUT_OF_BOUNDS),
        (b'{"total_in": 1.5, "total_out": 5}', Aside.OUT_OF_BOUNDS),
        (b'{"total_in": 4294967296, "total_out": 5}', Aside.OUT_OF_BOUNDS),
    ],
)
def test_what_is_no_total_is_set_aside(payload: bytes, why: Aside) -> None:
    assert read(payload) is why


def play(*totals: tuple[int, int], every_s: float = 600.0) -> tuple[Passed, int]:
    """Who passed by totals that came one after the other, and how many of them were set aside."""
    state, ins, outs, aside = Follower(), 0, 0, 0
    for number, each in enumerate(totals):
        state, passed, odd = follow(state, Totals(*each), number * every_s)
        ins, outs, aside = ins + passed.ins, outs + passed.outs, aside + (odd is not None)
    return Passed(ins, outs), aside


@pytest.mark.parametrize(
    ("totals", "passed", "aside"),
    [
        ([(190, 305), (193, 306)], Passed(3, 1), 0),
        ([(190, 305), (190, 305), (190, 305)], Passed(0, 0), 0),
        ([(390_000, 5), (390_002, 5)], Passed(2, 0), 0),
        ([(10, 5), (390_010, 5), (12, 6)], Passed(2, 1), 1),
        ([(10, 5), (390_010, 5), (390_012, 6)], Passed(2, 1), 1),
        ([(190, 305), (2, 1), (5, 4)], Passed(3, 3), 1),
        ([(190, 305), (0, 0), (192, 305)], Passed(2, 0), 1),
        ([(65_530, 5), (3, 6)], Passed(9, 1), 0),
        ([(2**32 - 2, 5), (1, 5)], Passed(3, 0), 0),
        ([(10, 5), (9, 5), (11, 6)], Passed(1, 1), 1),
        ([(100, 100), (9000, 9000), (9000, 9000), (130, 130), (140, 140)], Passed(40, 40), 2),
        ([(190, 305), (0, 0), (0, 0), (2, 1)], Passed(2, 1), 2),
    ],
)
def test_resets_roll_overs_and_jumps_count_nobody_who_did_not_pass(
    totals: list[tuple[int, int]], passed: Passed, aside: int
) -> None:
    assert play(*totals) == (passed, aside)


def test_a_new_start_near_the_roll_over_is_none() -> None:
    assert play((62_000, 62_010), (0, 0), (3, 1), every_s=70 * 60) == (Passed(3, 1), 1)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=30), st.floats(0, 1e6))
def test_no_totals_make_people_negative_or_more_than_can_pass(totals: list[tuple[int, int]], every_s: float) -> None:
    state = Follower()
    for number, each in enumerate(totals):
        state, passed, _ = follow(state, Totals(*each), number * every_s)
        assert 0 <= passed.ins <= LIMIT
        assert 0 <= passed.outs <= LIMIT


@given(
    st.lists(st.tuples(st.integers(0, AT_ONCE), st.integers(0, AT_ONCE)), min_size=1, max_size=30),
    st.integers(0, 2**16),
)
def test_all_who_pass_are_counted_over_any_roll_over(steps: list[tuple[int, int]], start: int) -> None:
    totals = [(start % 2**16, start % 2**16)]
    for ins, outs in steps:
        totals.append(((totals[-1][0] + ins) % 2**16, (totals[-1][1] + outs) % 2**16))
    assert play(*totals) == (Passed(sum(ins for ins, _ in steps), sum(outs for _, outs in steps)), 0)


# At an edge


def report(hall: Hall, ins: object, outs: object, *, retain: bool = False) -> None:
    said = {"fPort": 100, "object": {"total_counter_in": ins, "total_counter_out": outs}}
    hall.sensors.publish(TOPIC, json.dumps(said).encode(), retain=retain)


def test_a_bought_counter_becomes_footfall_with_totals_of_its_own() -> None:
    async def act(hall: Hall) -> None:
        for ins, outs in ((190, 305), (193, 306), (193, 306), ("NaN", 306), (-4, 306), (390_193, 306), (194, 306)):
            report(hall, ins, outs)
            await asyncio.sleep(2 * OFTEN_S)
        counted = [(each.counter, each.door, each.ins, each.outs, each.total_ins) for each in hall.data(FootfallData)]
        assert counted == [("side-counter", None, 3, 1, 3), ("side-counter", None, 1, 0, 4)]
        state = hall.state("side-counter")
        assert (state.kind, state.values["ins_today"], state.values["set_aside"]) == ("counter", 4, 3)

    with_hall(act, config=HEARS)


def test_what_the_broker_had_kept_is_no_news_and_a_flood_is_few_events() -> None:
    async def act(hall: Hall) -> None:
        report(hall, 10, 10)
        await asyncio.sleep(2 * OFTEN_S)
        report(hall, 20, 10, retain=True)
        for number in range(1000):
            report(hall, 10 + number // 100, 10)
            await asyncio.sleep(0.01)
        await asyncio.sleep(2 * OFTEN_S)
        report(hall, 20, 10)
        await asyncio.sleep(1)
        counted = hall.data(FootfallData)
        assert len(counted) <= 5
        assert counted[-1].total_ins == 10

    with_hall(act, config=HEARS)


def test_the_newest_of_a_burst_is_read_when_the_wait_is_over() -> None:
    async def act(hall: Hall) -> None:
        for ins in range(6):
            report(hall, ins, 0)
            await asyncio.sleep(0.5)
        assert not hall.data(FootfallData)
        await asyncio.sleep(OFTEN_S)
        assert [each.total_ins for each in hall.data(FootfallData)] == [5]

    with_hall(act, config=HEARS)


@pytest.mark.cases_full
def test_an_hour_of_shouting_is_few_events_and_few_states() -> None:
    async def act(hall: Hall) -> None:
        for number in range(3600):
            report(hall, number, 0)
            report(hall, "NaN", 0)
            await asyncio.sleep(1)
        assert len(hall.data(FootfallData)) <= 3600 / OFTEN_S
        states = [each for each in hall.heard if each.topic.endswith("/state/side-counter")]
        assert 60 <= len(states) <= 3600 / OFTEN_S + 3600 / STATE_S + 10
        await asyncio.sleep(STATE_S)
        assert hall.state("side-counter").values["set_aside"] == 3600

    with_hall(act, config=HEARS)


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("swapped", [False, True])
def test_who_passed_while_the_agent_was_off_is_counted_once(killed: bool, swapped: bool) -> None:
    async def act(hall: Hall) -> None:
        for ins, outs in ((100, 90), (110, 95)):
            report(hall, ins, outs)
            await asyncio.sleep(90)
        stored = hall.disk.read(FILE)
        assert stored is not None
        if killed:
            report(hall, 113, 96)
            await asyncio.sleep(1)
        await hall.stop()
        if killed:
            hall.disk.replace(FILE, stored)
        await asyncio.sleep(600)
        await hall.start()
        report(hall, 125, 99)
        await asyncio.sleep(1)
        last = hall.data(FootfallData)[-1]
        assert (last.total_ins, last.total_outs) == ((9, 25) if swapped else (25, 9))

    counting = msgspec.structs.replace(HEARS.mqtt_counters[0], swapped=swapped)
    with_hall(act, config=msgspec.structs.replace(HEARS, mqtt_counters=(counting,)))


@pytest.mark.cases_full
def test_a_counter_that_was_silent_is_so_after_a_restart_since_it_last_spoke() -> None:
    async def act(hall: Hall) -> None:
        report(hall, 10, 10)
        await asyncio.sleep(1)
        spoke = hall.clock.now()
        for _ in range(3):
            await asyncio.sleep(SILENT_S / 2)
            await hall.stop()
            await hall.start()
        await asyncio.sleep(60)
        faults = [each for each in hall.data(FaultData) if each.code == FaultCode.COUNTER_SILENT]
        assert faults
        assert all(each.since is not None and abs((spoke - each.since).total_seconds()) < 5 for each in faults)
        assert hall.state("side-counter").values["fault"] == "counter_silent"

    with_hall(act, config=HEARS)


def test_another_topic_is_another_device() -> None:
    async def act(hall: Hall) -> None:
        report(hall, 10, 10)
        await asyncio.sleep(90)
        await hall.stop()
        counting = msgspec.structs.replace(HEARS.mqtt_counters[0], topic=TOPIC)
        hall.config = msgspec.structs.replace(HEARS, mqtt_counters=(counting,))
        await hall.start()
        report(hall, 12, 10)
        await asyncio.sleep(1)
        assert not hall.data(FootfallData)

    with_hall(act, config=HEARS)


async def test_a_real_broker_delivers_once_what_the_filters_of_devices_hear_too(mosquitto: Broker) -> None:
    counting = MqttCounterConfig(id="side-counter", topic="door/sensor/people/state")
    heard = subscribed(MqttSensorsConfig(), [counting, *HEARS.mqtt_counters])
    assert heard == (*TOPICS, HEARS.mqtt_counters[0].topic)
    mouth = Ear(mosquitto, "gateway", "none")
    await mouth.until(connections=1)
    link, said = sensors_link(MqttSensorsConfig(host=mosquitto.host, port=mosquitto.port, topics=heard)), []
    async with asyncio.timeout(30):
        async for event in link.events():
            if isinstance(event, Connected):
                for topic in (counting.topic, TOPIC, "tele/end/SENSOR"):
                    assert await mouth.link.publish(topic, b"{}")
            elif isinstance(event, Message):
                said.append(event.topic)
                if event.topic == "tele/end/SENSOR":
                    break
    await mouth.close()
    assert said == [counting.topic, TOPIC, "tele/end/SENSOR"]


def test_a_counter_counts_at_its_door_but_proves_nothing_about_its_contact() -> None:
    async def act(hall: Hall) -> None:
        for ins in range(20):
            report(hall, ins, 0)
            await asyncio.sleep(2 * OFTEN_S)
        assert {each.door for each in hall.data(FootfallData)} == {DOOR}
        assert not hall.data(FaultData)

    counting = msgspec.structs.replace(HEARS.mqtt_counters[0], door=DOOR)
    with_hall(act, config=msgspec.structs.replace(HEARS, mqtt_counters=(counting,)))


@pytest.mark.cases_full
def test_a_counter_that_falls_silent_is_a_fault_since_it_last_spoke() -> None:
    async def act(hall: Hall) -> None:
        report(hall, 10, 10)
        await asyncio.sleep(1)
        spoke = hall.clock.now()
        await asyncio.sleep(SILENT_S + 60)
        (fault,) = hall.data(FaultData)
        assert named(fault) == "counter_silent"
        assert fault.since is not None
        assert abs((spoke - fault.since).total_seconds()) < 5
        report(hall, 12, 10)
        await asyncio.sleep(1)
        assert [each.present for each in hall.data(FaultData)] == [True, False]
        assert hall.data(FootfallData)[-1].total_ins == 2

    with_hall(act, config=HEARS)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[mqtt_counter]]\nid = "side"\ntopic = "a/#/b"\n[mqtt_sensors]\n', "mqtt_counter[0].topic"),
        ('[[mqtt_counter]]\nid = "side"\ntopic = "a/b"\n', "mqtt_counter[0]"),
        ('[[mqtt_counter]]\nid = "side"\ntopic = "a/b"\ndoor = "none"\n[mqtt_sensors]\n', "mqtt_counter[0].door"),
        ('[[mqtt_counter]]\nid = "front-beams"\ntopic = "a/b"\n[mqtt_sensors]\n', "mqtt_counter[0].id"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD + text)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("wanted", "topic", "heard"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("a/b", "a/b/c", False),
        ("+", "a/b", False),
        ("+/+", "a/+", True),
        ("a/b", "a/+", False),
    ],
)
def test_a_topic_is_its_own_by_the_rules_of_mqtt(wanted: str, topic: str, heard: bool) -> None:
    assert hears(wanted, topic) is heard
