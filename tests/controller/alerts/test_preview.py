"""What rules would have raised in the past: the same as the machine raised while it happened."""

import random
from datetime import timedelta

import pytest

from controller.alerts.repository import alert_rules
from controller.telemetry.alert_codes import AlertCode
from edge.wire.events import (
    BootData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    FaultData,
    LockoutData,
)
from tests.controller.alerts.building import RAMSEY, Building
from tests.controller.village import Json

PREVIEW = f"{RAMSEY}/alert-rules/preview"


async def preview(building: Building, **rules: Json) -> Json:
    answer = await building.client.post(PREVIEW, json={"rules": rules})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def held(building: Building, seconds: int) -> None:
    """A door is held open for so long, as its device and its events say."""
    await building.device("front-door", alarm="held")
    await building.event(DoorData(door="front-door", change=DoorChange.HELD))
    await building.after(seconds=seconds)
    await building.device("front-door", alarm="")
    await building.event(DoorData(door="front-door", change=DoorChange.CLEARED))
    await building.after(minutes=5)


@pytest.mark.both_databases
async def test_a_longer_delay_would_have_rung_less_often(building: Building) -> None:
    for seconds in (60, 200, 1000):
        await held(building, seconds)
    found = await preview(building, held={"raise_after_s": 300})
    assert (found["times"], found["as_now"], found["whole"]) == (1, 3, True)
    assert found["codes"] == [{"code": "held", "times": 1, "as_now": 3}]
    [ring] = found["rings"]
    assert (ring["about"], ring["text"], ring["lasted_s"]) == ("front-door", "Front door is held open", 700)
    assert (await preview(building, held={"off": True}))["times"] == 0


async def test_a_preview_writes_nothing(building: Building) -> None:
    await held(building, 60)
    before = await building.alerts("?past=true")
    await preview(building, held={"off": True})
    await building.container.mqtt.alerts.evaluate()
    assert await building.alerts("?past=true") == before
    async with building.container.database.read() as tx:
        assert (await tx.execute(alert_rules.select())).all() == []


async def test_a_code_that_is_off_is_still_counted_for_when_it_is_on_again(building: Building) -> None:
    off = {"version": 0, "rules": {"held": {"off": True}}}
    assert (await building.client.put(f"{RAMSEY}/alert-rules", json=off)).is_success
    await held(building, 60)
    found = await preview(building)
    assert (found["times"], found["as_now"]) == (1, 0)


async def test_what_is_older_than_thirty_days_is_not_counted(building: Building) -> None:
    await held(building, 60)
    building.clock.advance(days=30)
    assert (await building.container.mqtt.alerts.preview("ramsey", {})).rings == []


async def test_what_still_holds_has_no_end(building: Building) -> None:
    await building.event(DoorData(door="front-door", change=DoorChange.GLASS_BROKEN))
    building.clock.advance(minutes=1)
    [ring] = (await preview(building))["rings"]
    assert (ring["code"], ring["lasted_s"]) == ("glass", None)


async def test_what_was_over_before_it_was_known_would_not_have_rung(building: Building) -> None:
    await building.event(DoorData(door="front-door", change=DoorChange.HELD), late=timedelta(hours=2))
    await building.event(DoorData(door="front-door", change=DoorChange.CLEARED), late=timedelta(hours=1))
    building.clock.advance(minutes=1)
    assert (await preview(building))["times"] == 0


async def test_a_start_of_the_agent_ends_what_its_devices_reported(building: Building) -> None:
    await building.event(FaultData(code="beam_dead", part="first", present=True), device="beam")
    building.clock.advance(minutes=1)
    await building.event(BootData(version="1"), device="agent")
    building.clock.advance(minutes=5)
    [ring] = (await preview(building))["rings"]
    assert (ring["code"], ring["lasted_s"]) == ("fault", 45)


async def test_a_lock_out_lasts_until_its_end_or_until_a_key_holder_came(building: Building) -> None:
    until = building.clock.now() + timedelta(minutes=5)
    for ended in (False, True):
        data = LockoutData(door="front-door", reader="keypad", until=until, tries=5, ended=ended)
        await building.event(data)
        building.clock.advance(minutes=1)
    later = building.clock.now() + timedelta(minutes=5)
    await building.event(LockoutData(door="front-door", reader="keypad", until=later, tries=5))
    building.clock.advance(hours=1)
    lasted = [each["lasted_s"] for each in (await preview(building))["rings"]]
    assert lasted == [300, 60], "the newest first"


async def test_many_faults_at_once_would_have_been_one_alert(building: Building) -> None:
    for number in range(9):
        await building.event(FaultData(code="beam_dead", part="first", present=True), device=f"beam-{number}")
    building.clock.advance(minutes=1)
    [ring] = (await preview(building))["rings"]
    assert "9 devices have faults at once" in ring["text"]


async def test_a_pi_that_was_away_counts_by_its_alert(building: Building) -> None:
    await building.edge("pi-front", online=False)
    await building.after(seconds=400)
    await building.edge("pi-front", online=True)
    await building.after(minutes=5)
    assert (await preview(building))["codes"] == [{"code": "offline", "times": 1, "as_now": 1}]
    assert (await preview(building, offline={"raise_after_s": 600}))["times"] == 0


async def test_a_building_that_was_secured_later_counts_as_long_as_it_was_not(building: Building) -> None:
    await building.report(AlertCode.NOT_SECURED, "pi-front: not secured", "pi-front")
    building.clock.advance(minutes=10)
    closes = building.clock.now()
    await building.event(ClosingData(stage=ClosingStage.SECURED, closes_at=closes), device="closing")
    building.clock.advance(minutes=10)
    [ring] = (await preview(building))["rings"]
    assert (ring["code"], ring["lasted_s"]) == ("not_secured", 600)
    assert (await preview(building, not_secured={"raise_after_s": 900}))["times"] == 0


@pytest.mark.parametrize("seed", range(5))
async def test_a_preview_of_the_rules_in_force_is_what_rang(building: Building, seed: int) -> None:
    chance = random.Random(seed)
    open_now = dict.fromkeys(("front-door", "side-door"), False)
    for _ in range(40):
        door = chance.choice(list(open_now))
        open_now[door] = not open_now[door]
        await building.device(door, alarm="held" if open_now[door] else "")
        change = DoorChange.HELD if open_now[door] else DoorChange.CLEARED
        await building.event(DoorData(door=door, change=change), device=door)
        for _ in range(chance.choice((1, 1, 4))):
            await building.after(seconds=chance.choice((4, 7, 11)))
    kept = [*await building.alerts(), *await building.alerts("?past=true")]
    rang = [(each["about"], each["raised_at"]) for each in kept]
    found = await preview(building)
    assert sorted((each["about"], each["at"]) for each in found["rings"]) == sorted(rang)
