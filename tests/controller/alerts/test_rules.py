"""A site's rules for its alerts: what may be set, what follows, and that no rule hides a danger or loses an alert."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert

from controller.alerts.catalogue import CATALOGUE, Severity
from controller.alerts.machine import AlertRule
from controller.alerts.repository import alert_rules
from controller.alerts.rules import SiteRule, rule_of, settable
from controller.alerts.service import AlertService
from controller.telemetry.alert_codes import AlertCode
from tests.controller.alerts.building import RAMSEY, Building
from tests.controller.village import API, Json

RULES = f"{RAMSEY}/alert-rules"
DANGERS = [
    *(AlertCode.FIRE, AlertCode.DURESS, AlertCode.INTRUDER),
    *(AlertCode.FIRE_LATCHED, AlertCode.FORCED),
]
AT_ONCE = timedelta(0)


async def put(client: httpx.AsyncClient, **rules: Json) -> httpx.Response:
    version = (await client.get(RULES)).json()["version"]
    return await client.put(RULES, json={"version": version, "rules": rules})


async def rule(client: httpx.AsyncClient, code: str) -> Json:
    found: list[Json] = (await client.get(RULES)).json()["rules"]
    return next(each for each in found if each["code"] == code)


@pytest.mark.parametrize("code", [*DANGERS, AlertCode.FAULT, AlertCode.OFFLINE])
async def test_no_rule_switches_off_danger_or_what_danger_is_learned_by(building: Building, code: AlertCode) -> None:
    refused = await put(building.client, **{code: {"off": True}})
    assert refused.status_code == 422
    assert "cannot be switched off" in refused.text
    assert (await building.client.get(RULES)).json()["version"] == 0


def test_the_dangers_are_these_and_none_may_be_off() -> None:
    assert [code for code, kind in CATALOGUE.items() if kind.severity is Severity.DANGER] == DANGERS
    assert not any(CATALOGUE[code].may_be_off for code in DANGERS)
    assert not set(DANGERS) & set(settable())


@pytest.mark.parametrize("code", DANGERS)
def test_whatever_is_stored_danger_is_raised_at_once(code: AlertCode) -> None:
    stored = {code: SiteRule(off=True, raise_after_s=3600, clear_after_s=3600)}
    assert rule_of(code, stored) == AlertRule(raise_after=AT_ONCE, clear_after=AT_ONCE, off=False)


@pytest.mark.parametrize("fault", ["tamper_open", "reader_tampered", "input_chatters:fire_line"])
async def test_no_rule_puts_off_tampering_or_a_fire_line_that_fails(building: Building, fault: str) -> None:
    assert (await put(building.client, fault={"raise_after_s": 3600})).is_success
    await building.device("beam", "counter", fault="beam_dead:first")
    assert await building.after(seconds=15) == []
    for number in range(4):
        await building.device(f"part-{number}", "alarm", fault="beam_dead:first")
    assert await building.after(seconds=15) == []
    await building.device("part-0", "alarm", fault=fault)
    assert [each["about"] for each in await building.after(seconds=15)] == [""], "alone, or among many"
    for name in ("beam", "part-1", "part-2", "part-3"):
        await building.device(name, "counter")
    assert "part-0" in [each["about"] for each in await building.after(seconds=15)]


async def test_a_pi_that_comes_back_for_moments_alone_is_raised_late_and_not_never(building: Building) -> None:
    assert (await put(building.client, offline={"raise_after_s": 3600})).is_success
    await building.edge("pi-front", online=False)
    assert await building.after(minutes=40) == []
    await building.edge("pi-front", online=True)
    await building.after(seconds=5)
    await building.edge("pi-front", online=False)
    assert await building.after(minutes=19) == []
    await building.after(minutes=1)
    assert [each["kind"] for each in await building.alerts()] == ["offline"]


@pytest.mark.parametrize("code", CATALOGUE)
def test_whatever_is_stored_a_rule_stays_within_its_bounds(code: AlertCode) -> None:
    kind = CATALOGUE[code]
    for seconds in (-1, 0, 2**31 - 1):
        rule = rule_of(code, {code: SiteRule(raise_after_s=seconds, clear_after_s=seconds)})
        assert kind.rule.raise_after <= rule.raise_after <= kind.longest.raise_after
        assert kind.rule.clear_after <= rule.clear_after <= kind.longest.clear_after
    assert rule_of(code, {}) == kind.rule
    assert isinstance(kind.rule, AlertRule)


async def test_a_code_that_is_off_raises_nothing_and_its_open_alert_is_cleared(building: Building) -> None:
    await building.device("front-door", alarm="held")
    await building.device("side-door", edge="pi-side", alarm="forced")
    assert len(await building.after()) == 2
    done = await put(building.client, held={"off": True})
    assert done.status_code == 200, done.text
    assert [each["kind"] for each in await building.after(seconds=1)] == ["forced"]
    [past] = await building.alerts("?past=true")
    assert (past["kind"], past["cleared_at"] is not None) == ("held", True)
    shown = (await building.client.get(f"{API}/alerts")).json()["items"]
    assert [each["kind"] for each in shown] == ["forced"], "not for a moment on a page either"


@pytest.mark.both_databases
async def test_what_still_holds_is_raised_again_once_its_code_is_on_again(building: Building) -> None:
    await put(building.client, held={"off": True}, tablet_lockout={"off": True})
    await building.device("front-door", alarm="held")
    await building.report(AlertCode.TABLET_LOCKOUT, "too many wrong codes", "tablet")
    assert await building.after(hours=1) == []
    await put(building.client)
    assert sorted(each["kind"] for each in await building.after()) == ["held", "tablet_lockout"]


async def test_a_longer_delay_takes_back_no_alert_and_holds_across_a_restart(building: Building) -> None:
    await building.device("front-door", alarm="held")
    [held] = await building.after()
    await put(building.client, held={"raise_after_s": 600})
    assert [each["id"] for each in await building.after(seconds=1)] == [held["id"]]
    await building.device("front-door", alarm="")
    assert await building.after(seconds=10) == []
    await building.device("front-door", alarm="held")
    assert await building.after(seconds=590) == []
    # Its source now says that it began just now, as after a change of its state: the stored time counts.
    await building.device("front-door", alarm="held", lock="unlocked")
    again = AlertService(building.container.database, building.clock, lambda _: None)
    building.clock.advance(seconds=10)
    await again.evaluate()
    assert len(await building.alerts()) == 1, "the delay counts from when it began, not from the restart"


async def test_the_rule_of_one_site_is_not_that_of_another(building: Building) -> None:
    assert (await building.client.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})).is_success
    await put(building.client, held={"off": True})
    other = (await building.client.get(f"{API}/sites/wyton/alert-rules")).json()
    assert (other["version"], any(each["set_here"] for each in other["rules"])) == (0, False)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("held", {"raise_after_s": 3601}),
        ("held", {"clear_after_s": 9}),
        ("offline", {"raise_after_s": 19}),
        ("forced", {"raise_after_s": 1}),
        ("new_log", {"raise_after_s": 1}),
        ("held", {"raise_after_s": -1}),
        ("held", {"raise_after_s": 1.5}),
        ("held", {"off": "yes"}),
        ("held", {"quiet": True}),
        ("no_such_code", {"off": True}),
    ],
)
async def test_a_rule_out_of_bounds_is_refused_and_changes_nothing(building: Building, code: str, wrong: Json) -> None:
    assert (await put(building.client, lockout={"off": True})).is_success
    before = (await building.client.get(RULES)).json()
    refused = await put(building.client, **{code: wrong})
    assert refused.status_code == 422, refused.text
    assert (await building.client.get(RULES)).json() == before


async def test_a_change_of_a_rule_is_in_the_audit_log_with_what_it_was(building: Building) -> None:
    await put(building.client, held={"off": True})
    rows = (await building.client.get(f"{API}/audit?site=ramsey")).json()["items"]
    [row] = [each for each in rows if each["thing"] == "alert rules of site ramsey"]
    assert "held" in str(row["changes"])
    await put(building.client, held={"off": True})
    again = (await building.client.get(f"{API}/audit?site=ramsey")).json()["items"]
    assert len([each for each in again if each["thing"] == "alert rules of site ramsey"]) == 1, "nothing changed"


async def test_the_usual_delays_are_not_stored_as_the_site_s_own(building: Building) -> None:
    await put(building.client, held={"raise_after_s": 0, "clear_after_s": 10})
    assert (await rule(building.client, "held"))["set_here"] is False


async def test_a_code_that_only_a_newer_controller_knows_breaks_nothing(building: Building) -> None:
    async with building.container.database.write() as tx:
        await tx.execute(insert(alert_rules).values(site="ramsey", code="from_the_future", off=True))
    await building.device("front-door", alarm="held")
    assert len(await building.after()) == 1
    assert (await building.client.get(RULES)).json()["version"] == 0
    assert (await put(building.client, held={"off": True})).is_success
    async with building.container.database.read() as tx:
        kept = {row.code for row in await tx.execute(alert_rules.select())}
    assert kept == {"from_the_future", "held"}
