"""What holds for long: left unlocked, a backlog, certificates near their end, CO2, batteries."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import insert, update

from controller.enrolment.tables import certificates
from controller.telemetry.tables import edge_states, room_sensors
from tests.controller.alerts.building import RAMSEY, Building


async def kinds(building: Building, **time: int) -> list[str]:
    return sorted(each["kind"] for each in await building.after(**time))


@pytest.mark.both_databases
async def test_a_door_that_stays_unlocked_when_it_should_not_is_an_alert(building: Building) -> None:
    await building.device("front-door", lock="unlocked", mode="code", alarm="")
    assert await kinds(building, minutes=9) == [], "somebody may just be let in"
    [left] = await building.after(minutes=1)
    assert (left["kind"], left["text"]) == ("left_unlocked", "Front door is unlocked, and should not be")
    await building.device("front-door", lock="locked", mode="code", alarm="")
    assert await kinds(building, seconds=10) == []


@pytest.mark.cases_full
async def test_a_door_that_is_let_in_by_again_and_again_is_none(building: Building) -> None:
    for _ in range(30):
        await building.device("front-door", lock="unlocked", mode="code", alarm="")
        await building.after(seconds=50)
        await building.device("front-door", lock="locked", mode="code", alarm="")
        assert await kinds(building, seconds=10) == []


async def test_a_door_that_is_free_to_all_or_released_by_fire_or_broken_glass_is_none(building: Building) -> None:
    await building.device("front-door", lock="unlocked", mode="free", alarm="")
    await building.device("side-door", edge="pi-side", lock="unlocked", mode="locked", alarm="glass")
    assert await kinds(building, hours=1) == ["glass"]
    await building.device("side-door", edge="pi-side", lock="unlocked", mode="locked", alarm="")
    await building.device("fire", kind="fire", state="active")
    assert "left_unlocked" not in await kinds(building, hours=1)


async def test_events_that_do_not_arrive_are_an_alert_after_a_while(building: Building) -> None:
    async def behind(events: int) -> None:
        async with building.container.database.write() as tx:
            await tx.execute(update(edge_states).where(edge_states.c.edge == "pi-front").values(head=events))

    await behind(1001)
    assert await kinds(building, minutes=14) == [], "it has come back just now"
    [backlog] = await building.after(minutes=1)
    assert (backlog["kind"], backlog["about"]) == ("backlog", "pi-front")
    await building.edge("pi-front", online=False)
    assert "backlog" in await kinds(building, hours=1), "nobody knows that they have arrived"
    await building.edge("pi-front", online=True)
    await behind(1000)
    assert await kinds(building, minutes=4) == ["backlog"]
    assert await kinds(building, minutes=1) == []


async def test_a_certificate_near_its_end_is_an_alert_until_another_is_issued(building: Building) -> None:
    async def issue(serial: str, lasts: timedelta, **more: object) -> None:
        now = building.clock.now()
        row: dict[str, object] = {"serial": serial, "site": "ramsey", "edge": "pi-front", "public_key": b"k" * 32}
        row |= {"pem": "-", "issued_at": now, "expires_at": now + lasts}
        async with building.container.database.write() as tx:
            await tx.execute(insert(certificates).values(row | more))

    await issue("1", timedelta(days=30, minutes=1))
    assert await kinds(building, seconds=59) == []
    [ends] = await building.after(minutes=1)
    assert (ends["kind"], ends["text"]) == ("certificate", "the certificate of pi-front ends on 25 Dec 2026")
    await issue("2", timedelta(days=730), revoked_at=building.clock.now())
    assert await kinds(building, minutes=1) == ["certificate"], "a revoked one lets nobody in"
    await issue("3", timedelta(days=730))
    assert await kinds(building, minutes=1) == []


async def sensor(building: Building, *, co2: float = 600, battery: float = 90, ago: timedelta = timedelta(0)) -> None:
    """What a sensor in the hall sent last."""
    at = building.clock.now() - ago
    values = msgspec.json.encode({"co2": {"value": co2, "at": at}}).decode()
    row = {"name": "zigbee/hall", "family": "zigbee2mqtt", "space": "hall", "first_at": at, "heard_at": at}
    row |= {"last_values": values, "battery": battery, "set_aside": "{}", "replaced": 0}
    key = {"site": "ramsey", "edge": "pi-front", "device": "hall-air"}
    async with building.container.database.write() as tx:
        here = (room_sensors.c.site == "ramsey") & (room_sensors.c.device == "hall-air")
        if not (await tx.execute(update(room_sensors).where(here).values(row))).rowcount:
            await tx.execute(insert(room_sensors).values(key | row))


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_much_co2_in_a_room_is_an_alert_once_it_lasts(building: Building) -> None:
    await sensor(building, co2=1640)
    assert await kinds(building, minutes=9) == []
    [co2] = await building.after(minutes=1)
    assert (co2["kind"], co2["text"], co2["severity"]) == ("co2", "Hall has much CO2: about 1600 ppm", "minor")
    for _ in range(10):  # around the threshold it is one alert
        await sensor(building, co2=1400)
        await building.after(minutes=5)
        await sensor(building, co2=1600)
        assert [each["id"] for each in await building.after(minutes=5)] == [co2["id"]]
    await sensor(building, co2=1400)
    assert await kinds(building, minutes=10) == []


async def test_a_sensor_that_is_silent_neither_raises_nor_clears(building: Building) -> None:
    await sensor(building, co2=1640)
    await building.after(minutes=10)
    assert await kinds(building, hours=5) == ["co2"], "nobody knows that the air is better"
    await sensor(building, co2=600)
    assert await kinds(building, minutes=10) == []
    await sensor(building, co2=1640, ago=timedelta(hours=2))
    assert await kinds(building, hours=1) == []


async def test_a_sensor_that_is_silent_for_a_day_is_an_alert_but_not_by_its_pi_having_been_away(
    building: Building,
) -> None:
    await sensor(building)
    assert await kinds(building, hours=26) == []
    await building.edge("pi-front", online=False)
    assert await kinds(building, hours=2) == ["offline"], "the Pi stands for it"
    await building.edge("pi-front", online=True)
    assert await kinds(building, minutes=59) == [], "what it sent meanwhile may still arrive"
    [silent] = await building.after(minutes=1)
    assert (silent["kind"], silent["severity"]) == ("sensor_silent", "minor")
    assert silent["text"] == "zigbee/hall in Hall is silent; it was last heard on 25 Nov at 12:00"
    await sensor(building)
    assert await kinds(building, minutes=1) == []


async def test_a_low_battery_of_a_sensor_in_a_room_is_an_alert(building: Building) -> None:
    await sensor(building, battery=9)
    assert await kinds(building, minutes=59) == []
    [low] = await building.after(minutes=1)
    assert (low["kind"], low["text"]) == ("sensor_battery", "the battery of zigbee/hall in Hall is low")
    await sensor(building, battery=100)
    assert await kinds(building, hours=6) == []


async def test_a_certificate_and_a_sensor_of_one_site_are_no_alert_of_another(building: Building) -> None:
    await sensor(building, co2=1640)
    await building.after(minutes=10)
    assert (await building.client.put(RAMSEY.replace("ramsey", "wyton"), json={"name": "W", "zone": "UTC"})).is_success
    answer = await building.client.get(RAMSEY.replace("ramsey", "wyton") + "/raised-alerts")
    assert answer.json()["items"] == []


async def test_a_disk_or_an_outbox_that_is_nearly_full_is_an_alert_of_its_own(building: Building) -> None:
    await building.device("pi-front", kind="edge", fault="disk_nearly_full,clock_disputed")
    await building.after(seconds=15)
    found = await building.after(minutes=5)
    assert sorted(each["kind"] for each in found) == ["disk", "fault"]
    disk = next(each for each in found if each["kind"] == "disk")
    assert (disk["about"], disk["text"]) == ("pi-front", "pi front: less than 100 MB of the disk are free")
    await building.device("pi-front", kind="edge", fault="outbox_nearly_full")
    [other] = await building.after(minutes=2)
    assert (other["id"], other["text"].partition(":")[2][:11]) == (disk["id"], " the events")
    await building.device("pi-front", kind="edge", fault="")
    assert await kinds(building, minutes=5) == []
