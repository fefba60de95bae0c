"""What rules would have raised in the past: the same as the machine raised while it happened."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from controller.alerts import preview as alert_preview
from controller.alerts import replay as alert_replay
from controller.alerts.machine import AlertKey, step
from controller.alerts.replay import Spell, replay
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
from tests.controller.alerts.building import NEXT_BOOT, RAMSEY, Building
from tests.controller.alerts.test_rules import put
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


@pytest.mark.cases_full
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


async def test_a_start_of_the_agent_ends_what_its_devices_reported_before(building: Building) -> None:
    await building.event(FaultData(code="beam_dead", part="first", present=True), device="beam")
    building.clock.advance(minutes=1)
    disputed = FaultData(code="clock_disputed", part="", present=True)
    await building.event(disputed, device="pi-front", boot=NEXT_BOOT)
    await building.event(BootData(version="1"), device="pi-front", boot=NEXT_BOOT)
    building.clock.advance(minutes=5)
    clock, beam = (await preview(building))["rings"]
    assert (beam["about"], beam["lasted_s"]) == ("beam", 45)
    assert (clock["about"], clock["lasted_s"]) == ("pi-front", None), "what it found before it noted its start holds"


async def test_a_lock_out_lasts_across_a_start_of_the_agent(building: Building) -> None:
    until = building.clock.now() + timedelta(minutes=5)
    await building.event(LockoutData(door="front-door", reader="keypad", until=until, tries=5))
    building.clock.advance(minutes=1)
    await building.event(BootData(version="1"), device="pi-front", boot=NEXT_BOOT)
    building.clock.advance(hours=1)
    [ring] = (await preview(building, lockout={"raise_after_s": 120}))["rings"]
    assert ring["lasted_s"] == 180


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


async def test_a_time_that_nobody_saw_does_not_count(building: Building) -> None:
    await put(building.client, held={"raise_after_s": 300})
    await building.device("front-door", alarm="held")
    await building.event(DoorData(door="front-door", change=DoorChange.HELD))
    await building.after(seconds=30)
    await building.edge("pi-front", online=False)
    assert [each["kind"] for each in await building.after(hours=1)] == ["offline"]
    await building.device("front-door", alarm="")
    await building.event(DoorData(door="front-door", change=DoorChange.CLEARED), late=timedelta(minutes=59))
    await building.edge("pi-front", online=True)
    await building.after(minutes=5)
    found = await preview(building, held={"raise_after_s": 300})
    assert [each["code"] for each in found["rings"]] == ["offline"], "as it was"


async def test_what_a_switch_cut_off_is_counted_to_its_end(building: Building) -> None:
    await building.report(AlertCode.NOT_SECURED, "pi-front: not secured", "pi-front")
    await building.after(seconds=30)
    await put(building.client, not_secured={"off": True})
    assert await building.after(hours=1) == []
    found = await preview(building, not_secured={"raise_after_s": 300})
    assert (found["times"], found["as_now"]) == (1, 0)


async def test_what_was_reported_is_over_when_somebody_has_seen_it_as_it_was(building: Building) -> None:
    await building.report(AlertCode.TABLET_LOCKOUT, "too many wrong codes", "tablet")
    [alert] = await building.after(minutes=1)
    await building.act(alert, "acknowledge")
    await building.after(minutes=10)
    await building.report(AlertCode.TABLET_LOCKOUT, "too many wrong codes", "tablet")
    await building.after(minutes=10)
    assert [each["lasted_s"] for each in (await preview(building))["rings"]] == [None, 60]


@pytest.mark.cases_full
@pytest.mark.parametrize("many", ["events", "reports", "alerts"])
async def test_of_more_than_the_most_the_newest_count_and_it_says_since_when(
    building: Building, monkeypatch: pytest.MonkeyPatch, many: str
) -> None:
    monkeypatch.setattr(alert_preview, "MOST", 6)
    for number in range(5 if many != "alerts" else 8):
        if many == "events":
            await held(building, 60)
        elif many == "reports":
            for device in ("tablet", "other"):
                await building.report(AlertCode.TABLET_LOCKOUT, "too many wrong codes", device)
            await building.after(minutes=5)
        else:
            await building.edge("pi-front", online=False)
            await building.after(seconds=90)
            await building.edge("pi-front", online=True)
            await building.after(minutes=5)
        assert number < 9
    found = await preview(building)
    assert found["whole"] is False
    assert found["times"] > 0
    cut = datetime.fromisoformat(found["until"]) - datetime.fromisoformat(found["since"])
    assert timedelta(minutes=5) < cut < timedelta(hours=1), "not the whole month, and not nothing"


@pytest.mark.cases_full
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


def test_a_replay_takes_a_step_with_what_changes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0

    def counted(*given: Any, **more: Any) -> Any:
        nonlocal steps
        steps += 1
        return step(*given, **more)

    monkeypatch.setattr(alert_replay, "step", counted)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    spells = [
        Spell(
            key=AlertKey(site="ramsey", kind=AlertCode.HELD, edge="main", about=f"door-{number % 100}"),
            text="is held open",
            since=start + timedelta(minutes=number),
            known_at=start + timedelta(minutes=number),
            ends=start + timedelta(minutes=number + 90),
        )
        for number in range(2000)
    ]
    rings = replay(spells, {}, start=start, end=start + timedelta(days=30))
    assert len(rings) == len(spells)
    assert steps == 3 * len(spells), "raised, over and cleared"
