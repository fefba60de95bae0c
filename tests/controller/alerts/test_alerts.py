"""Alerts as they are stored: what is away, many at once, who has seen them, and what a restart keeps."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx
import pytest

from controller.alerts import conditions, service
from controller.alerts.conditions import Conditions, Reports
from controller.alerts.machine import Observation
from controller.alerts.service import AlertService
from controller.db.engine import Tx
from controller.estate.model import Edge, Site
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from edge.wire.messages import DeviceState
from tests.controller.alerts.building import RAMSEY, Building
from tests.controller.statements import counted
from tests.controller.village import API


async def test_an_alert_is_stored_from_when_it_is_raised_until_it_is_cleared(building: Building) -> None:
    await building.device("front-door", alarm="held")
    [held] = await building.after()
    assert (held["kind"], held["text"], held["about"]) == ("held", "Front door is held open", "front-door")
    assert (held["severity"], held["cleared_at"], held["over_since"]) == ("serious", None, None)
    await building.device("front-door", alarm="")
    [over] = await building.after(seconds=9)
    assert over["over_since"] is not None
    assert await building.after(seconds=1) == []
    [past] = await building.alerts("?past=true")
    assert past["id"] == held["id"]
    assert past["cleared_at"] is not None


async def test_an_alarm_that_does_not_set_is_an_alert_until_it_sets(building: Building) -> None:
    await building.device("hall", kind="alarm", state="unset", withheld="hall-window is open")
    await building.report(AlertCode.WITHHELD, "hall: the alarm cannot set by itself", "hall")
    assert await building.after(seconds=299) == [], "somebody may be about to close it"
    [alert] = await building.after(seconds=1)
    assert (alert["kind"], alert["severity"], alert["text"]) == (
        "withheld",
        "serious",
        "hall: the alarm cannot set by itself",
    )
    await building.device("hall", kind="alarm", state="warning")
    assert await building.after(minutes=1) == []


async def test_a_restart_forgets_no_alert_and_raises_none_again(building: Building) -> None:
    await building.device("front-door", alarm="forced")
    [forced] = await building.after()
    building.clock.advance(minutes=5)
    again = AlertService(building.container.database, building.clock, lambda _: None)
    await again.evaluate()
    assert await building.alerts() == [forced]


@pytest.mark.cases_full
async def test_a_silent_pi_clears_no_alert_of_its_doors(building: Building) -> None:
    await building.device("front-door", alarm="held")
    await building.edge("pi-front", online=False)
    await building.after(minutes=1)
    await building.device("front-door", alarm="")
    kinds = [each["kind"] for each in await building.after(hours=1)]
    assert sorted(kinds) == ["held", "offline"], "nobody knows that it is shut"


@pytest.mark.cases_full
async def test_many_pis_that_go_at_once_are_one_alert(building: Building) -> None:
    for number in range(9):
        assert (await building.client.put(f"{RAMSEY}/edges/pi-{number}", json={"name": f"Pi {number}"})).is_success
        await building.edge(f"pi-{number}", online=True)
    assert await building.after() == []
    for number in range(9):
        await building.edge(f"pi-{number}", online=False)
    [storm] = await building.after(seconds=60)
    assert (storm["kind"], storm["edge"], storm["about"]) == ("offline", "", "")
    assert storm["text"].startswith("9 Pis are offline: Pi 0, Pi 1,")


async def test_pis_that_are_away_at_more_sites_take_no_more_statements(building: Building) -> None:
    made = [Site(id=f"hall-{number}", name="Hall", zone="Europe/London") for number in range(4)]
    for site in made:
        await building.container.estate.put_site(site, version=0, actor="Una Porter")
        await building.container.estate.put(Edge(site=site.id, id="pi", name="Pi"), version=0, actor="Una Porter")
    numbers = []
    for some in (made[:1], made):
        async with counted() as said, building.container.database.read() as tx:
            found = await conditions.look(tx, {site.id: site for site in some}, {}, building.clock.now())
        assert len(found.away) == len(some)
        numbers.append(len(said))
    assert numbers[0] == numbers[1]


async def test_a_pi_that_is_away_stands_for_its_devices(building: Building) -> None:
    for number in range(9):
        await building.device(f"pir-{number}", "motion", zone="hall")
    await building.edge("pi-front", online=False)
    [away] = await building.after(seconds=60)
    assert away["text"] == "pi-front with 9 devices is offline"


async def test_many_devices_of_a_pi_with_faults_are_one_alert(building: Building) -> None:
    for number in range(3):
        await building.device(f"beam-{number}", "counter", fault="beam_dead:first")
    assert len(await building.after(seconds=15)) == 3
    for number in range(3, 9):
        await building.device(f"beam-{number}", "counter", fault="beam_dead:first")
    told = [each["text"] for each in await building.after(seconds=15)]
    assert len(told) == 4, "those that were told of already, and one for all"
    assert any("9 devices have faults at once" in each for each in told)


@pytest.mark.cases_full
async def test_what_happened_once_is_over_when_seen_and_calls_again_when_it_happens_again(building: Building) -> None:
    await building.report(AlertCode.DURESS, "front-door: opened UNDER DURESS", "front-door")
    [duress] = await building.after(hours=1)
    answer = await building.act(duress, "acknowledge")
    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged_by"]
    assert await building.after(seconds=1) == []
    assert await building.after(hours=1) == [], "seen is seen"
    await building.report(AlertCode.DURESS, "front-door: opened UNDER DURESS", "front-door")
    [again] = await building.after()
    assert again["id"] != duress["id"]


async def test_what_still_holds_stays_open_and_shows_who_has_seen_it(building: Building) -> None:
    await building.device("front-door", alarm="forced")
    [forced] = await building.after()
    first = (await building.act(forced, "acknowledge")).json()
    building.clock.advance(minutes=1)
    assert (await building.act(forced, "acknowledge")).json() == first, "the first who saw it stays"
    [still] = await building.after(hours=2)
    assert still["acknowledged_at"] == first["acknowledged_at"]


async def test_an_alert_can_be_snoozed_but_danger_cannot(building: Building) -> None:
    await building.device("front-door", alarm="held")
    await building.device("side-door", edge="pi-side", alarm="forced")
    forced, held = sorted(await building.after(), key=lambda each: str(each["kind"]))
    quiet = await building.act(held, "snooze", {"minutes": 60})
    assert quiet.status_code == 200, quiet.text
    assert quiet.json()["snoozed_until"] is not None
    assert (await building.act(held, "snooze", {"minutes": 0})).json()["snoozed_until"] is None
    assert (await building.act(forced, "snooze", {"minutes": 60})).status_code == 409
    for wrong in (-1, 7 * 24 * 60 + 1, 1.5, "60", None):
        assert (await building.act(held, "snooze", {"minutes": wrong})).status_code == 422


async def test_one_that_is_over_or_of_another_site_cannot_be_acknowledged(building: Building) -> None:
    await building.device("front-door", alarm="held")
    [held] = await building.after()
    assert (await building.client.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})).is_success
    elsewhere = f"{API}/sites/wyton/raised-alerts/{held['id']}/acknowledge"
    assert (await building.client.post(elsewhere)).status_code == 404
    await building.device("front-door", alarm="")
    assert await building.after(seconds=10) == []
    assert (await building.act(held, "acknowledge")).status_code == 409


async def test_what_is_done_about_an_alert_is_in_the_audit_log(building: Building) -> None:
    await building.device("front-door", alarm="held")
    [held] = await building.after()
    await building.act(held, "snooze", {"minutes": 60})
    await building.act(held, "acknowledge")
    rows = (await building.client.get(f"{API}/audit?site=ramsey")).json()["items"]
    acts = [(each["act"], each["thing"]) for each in rows if "alert" in each["act"]]
    assert ("acknowledge alert", "alert held about front-door") in acts
    assert any(act == "snooze alert" for act, _ in acts)


async def test_pages_of_past_alerts_follow_each_other(building: Building) -> None:
    for _ in range(3):
        await building.device("front-door", alarm="forced")
        await building.after(seconds=1)
        await building.device("front-door", alarm="")
        await building.after(seconds=1)
    first = (await building.client.get(f"{RAMSEY}/raised-alerts?past=true&limit=2")).json()
    second = (await building.client.get(f"{RAMSEY}/raised-alerts?past=true&limit=2&after={first['next']}")).json()
    ids = [each["id"] for each in [*first["items"], *second["items"]]]
    assert len(set(ids)) == 3
    assert (ids, second["next"]) == (sorted(ids, reverse=True), None)


@pytest.mark.both_databases
async def test_the_same_condition_has_one_alert_however_many_look_at_once(building: Building) -> None:
    await building.device("front-door", alarm="forced")
    services = [AlertService(building.container.database, building.clock, lambda _: None) for _ in range(4)]
    await asyncio.gather(*(each.evaluate() for each in services), return_exceptions=True)
    assert len(await building.alerts()) == 1


class Passes(AlertService):
    """Takes no steps; says which sites it was asked about, and is asked about another one again at once."""

    def __init__(self, building: Building, *, fails: int = 0) -> None:
        super().__init__(building.container.database, building.clock, lambda _: None)
        self.asked: list[frozenset[str] | None] = []
        self.all_asked = asyncio.Event()
        self._fails = fails

    async def evaluate(self, only: frozenset[str] | None = None) -> None:
        self.asked.append(only)
        self.look(f"site-{len(self.asked)}")
        if only is None:
            self.all_asked.set()
        if len(self.asked) <= self._fails:
            raise OSError("the database is away")


async def until_all_are_asked(passes: Passes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "EVERY_S", 0.2)
    monkeypatch.setattr(service, "GATHER_S", 0.01)
    running = asyncio.create_task(passes.run())
    try:
        await asyncio.wait_for(passes.all_asked.wait(), 10)
    finally:
        running.cancel()


async def test_every_site_is_looked_at_in_time_however_often_one_changes(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = Passes(building)
    passes.look("busy")
    await until_all_are_asked(passes, monkeypatch)
    assert passes.asked[0] == frozenset({"busy"})


async def test_a_site_whose_alerts_could_not_be_stored_is_looked_at_again(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = Passes(building, fails=1)
    passes.look("busy")
    await until_all_are_asked(passes, monkeypatch)
    assert passes.asked[:2] == [frozenset({"busy"}), frozenset({"busy", "site-1"})]


async def test_a_duress_is_an_alert_however_much_else_is_reported(building: Building) -> None:
    await building.report(AlertCode.DURESS, "front-door: opened UNDER DURESS", "front-door")
    for _ in range(101):
        await building.report(AlertCode.NEW_LOG, "pi-front has a new event log", "pi-front")
    assert "duress" in {each["kind"] for each in await building.after()}


async def test_what_is_learned_late_is_an_alert_for_a_day_from_then(building: Building) -> None:
    await building.report(AlertCode.DURESS, "front-door: opened UNDER DURESS", "front-door", ago=timedelta(days=3))
    [duress] = await building.after(hours=23)
    assert duress["since"] < (building.clock.now() - timedelta(days=2)).isoformat(), "it shows when it was"
    assert await building.after(hours=2) == []


async def test_a_door_that_was_forced_and_shut_at_once_stays_an_alert_until_somebody_has_seen_it(
    building: Building,
) -> None:
    await building.device("front-door", alarm="forced")
    await building.report(AlertCode.FORCED, "front-door was forced open", "front-door")
    [forced] = await building.after()
    await building.device("front-door", alarm="")
    [still] = await building.after(hours=1)
    assert still["id"] == forced["id"]
    assert (await building.act(still, "acknowledge")).status_code == 200
    assert await building.after() == []


async def test_a_door_that_is_forced_again_after_somebody_has_seen_it_calls_again(building: Building) -> None:
    await building.device("front-door", alarm="forced")
    await building.report(AlertCode.FORCED, "front-door was forced open", "front-door")
    [forced] = await building.after(minutes=1)
    await building.act(forced, "acknowledge")
    [seen] = await building.after(minutes=1)
    assert seen["acknowledged_at"] is not None
    await building.report(AlertCode.FORCED, "front-door was forced open", "front-door")
    [again] = await building.after()
    assert again["acknowledged_at"] is None


async def test_a_new_fault_of_a_device_calls_again(building: Building) -> None:
    await building.device("front-door", fault="lock_not_locked")
    [fault] = await building.after(seconds=15)
    await building.act(fault, "acknowledge")
    await building.act(fault, "snooze", {"minutes": 60})
    await building.device("front-door", fault="lock_not_locked", lock="unlocked")
    [same] = await building.after(seconds=1)
    assert same["acknowledged_at"] is not None
    await building.device("front-door", fault="lock_not_locked,beam_dead:first")
    [more] = await building.after(seconds=1)
    assert (more["id"], more["acknowledged_at"], more["snoozed_until"]) == (fault["id"], None, None)


async def test_a_beam_that_fails_is_an_alert_since_it_failed(building: Building) -> None:
    since = building.clock.now() - timedelta(minutes=40)
    await building.device("front-beams", "counter", fault="beam_dead:inner", not_counting_since=since.isoformat())
    [fault] = await building.after(seconds=15)
    assert (fault["kind"], fault["about"]) == ("fault", "front-beams")
    assert "the inner beam is never broken" in fault["text"]
    assert datetime.fromisoformat(fault["since"]) == since


async def test_one_more_pi_that_goes_calls_again(building: Building) -> None:
    for number in range(5):
        assert (await building.client.put(f"{RAMSEY}/edges/pi-{number}", json={"name": f"Pi {number}"})).is_success
        await building.edge(f"pi-{number}", online=number == 4)
    [storm] = await building.after(seconds=60)
    await building.act(storm, "acknowledge")
    await building.edge("pi-3", online=True)
    await building.edge("pi-4", online=False)
    [more] = [each for each in await building.after() if not each["about"]]
    assert (more["id"], more["acknowledged_at"]) == (storm["id"], None)


@pytest.mark.both_databases
async def test_what_somebody_does_while_alerts_are_stored_is_kept(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    await building.device("front-door", alarm="held")
    [held] = await building.after()
    await building.device("front-door", alarm="")
    real, acts = conditions.look, list[asyncio.Task[httpx.Response]]()

    async def look(
        tx: Tx, sites: dict[str, Site], seen: Reports, now: datetime, crowds: Mapping[str, Observation] | None
    ) -> Conditions:
        looks.append(now)
        if len(looks) == 2:  # the first was to see whether there is anything to store
            acts.append(asyncio.create_task(building.act(held, "acknowledge")))
            await asyncio.wait(acts, timeout=0.5)  # it is done, or waits for this transaction
        return await real(tx, sites, seen, now, crowds)

    looks: list[datetime] = []
    monkeypatch.setattr(conditions, "look", look)
    await building.container.mqtt.alerts.evaluate()
    assert (await acts[0]).status_code == 200
    [kept] = await building.alerts()
    assert (kept["over_since"] is not None, kept["acknowledged_at"] is not None) == (True, True)


@pytest.mark.parametrize(
    ("code", "kind", "value", "word"),
    [
        ("fire", "fire", "state", "active"),
        ("fire_latched", "fire", "state", "latched"),
        ("intruder", "alarm", "state", "triggered"),
        ("forced", "door", "alarm", "forced"),
        ("glass", "door", "alarm", "glass"),
        ("held", "door", "alarm", "held"),
    ],
)
@pytest.mark.parametrize("later_s", [-2, 0, 2, 300])
async def test_what_arrives_after_its_pi_counts_as_away_is_raised_at_once(
    building: Building, code: str, kind: str, value: str, word: str, later_s: int
) -> None:
    building.clock.advance(seconds=-later_s)
    await building.edge("pi-front", online=False)
    building.clock.advance(seconds=later_s)
    await building.device("front-door", kind, **{value: word})
    building.clock.advance(seconds=3)
    await building.container.mqtt.alerts.evaluate()
    assert code in [each["kind"] for each in await building.alerts()]


@pytest.mark.parametrize("alarm", ["held", "forced", "fire"])
async def test_broken_glass_is_an_alert_whatever_other_alarm_its_door_has(building: Building, alarm: str) -> None:
    off = {"version": 0, "rules": {"held": {"off": True}}}
    assert (await building.client.put(f"{RAMSEY}/alert-rules", json=off)).is_success
    async with building.container.database.write() as tx:
        state = DeviceState(
            device="front-door",
            kind="door",
            seq=1,
            at=building.clock.now(),
            values={"alarm": alarm, "glass": True},
        )
        await telemetry.put_device_states(tx, "ramsey", "pi-front", [state])
    assert "glass" in [each["kind"] for each in await building.after()]
    await building.device("front-door", alarm=alarm)
    assert "glass" not in [each["kind"] for each in await building.after(seconds=10)]
