"""Open alerts of every site: a Pi that is cut off is listed at its site and for the whole estate."""

from datetime import datetime, timedelta

import httpx
import pytest

from controller.alerts.open_alerts import open_alerts
from controller.app.container import Container
from controller.platform.settings import Settings
from controller.telemetry import repository
from controller.telemetry.alert_codes import AlertCode
from edge.wire.access_decision import Reason
from edge.wire.credentials import Method
from edge.wire.events import AccessData
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.signin.signing import signed_in_as
from tests.controller.telemetry.speaking import NOW, event
from tests.controller.village import API, Json
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import SITE, Hub


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


async def alerts(client: httpx.AsyncClient, path: str = "/alerts") -> list[Json]:
    answer = await client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def until(hub: Hub, *, online: bool) -> None:
    async def look() -> bool:
        async with hub.container.database.read() as tx:
            state = await repository.edge_state(tx, "ramsey", "main")
        return state is not None and state.online is online

    await eventually(look, what=f"online is {online}")


@pytest.mark.cases_full
async def test_a_cut_off_pi_is_an_alert_at_its_site_and_for_the_estate_until_it_is_back(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    async with signed_in(hub.app) as admin:
        assert await alerts(admin) == []
        clock.advance(minutes=3)
        away_at = clock.now()
        await edge.say_status(online=False)
        await until(hub, online=False)
        assert await alerts(admin) == [], "a Pi that is back at once calls nobody"
        clock.advance(seconds=60)
        [told] = await alerts(admin)
        assert (told["site"], told["site_name"], told["kind"]) == ("ramsey", "Ramsey Library", AlertCode.OFFLINE)
        assert told["text"] == "Main is offline"
        assert datetime.fromisoformat(told["at"]) == away_at
        [kept] = await alerts(admin, "/sites/ramsey/alerts")
        assert (kept["kind"], kept["edge"]) == (AlertCode.OFFLINE, "main")
        shown = await hub.container.mqtt.live.snapshot("ramsey")
        assert not shown.edges[0].online
        await hub.container.mqtt.alerts.evaluate()
        await edge.say_status()
        await until(hub, online=True)
        [over] = await alerts(admin)
        assert datetime.fromisoformat(over["over_since"]) == clock.now(), "it is over, and may come again"
        await hub.container.mqtt.alerts.evaluate()
        clock.advance(minutes=1)
        assert await alerts(admin) == []
        assert len(await alerts(admin, "/sites/ramsey/alerts")) == 1, "that it was away is remembered"


@pytest.mark.cases_full
async def test_an_edge_that_does_not_answer_raises_an_alert_too(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    edge.obeys = False
    await hub.container.mqtt.edge_sessions.greet(("ramsey", "main"))
    await hub.container.mqtt.edge_sessions.note_silent(after_s=0)
    clock.advance(seconds=60)
    async with signed_in(hub.app) as admin:
        assert [each["kind"] for each in await alerts(admin)] == [AlertCode.OFFLINE]
        assert [each["kind"] for each in await alerts(admin, "/sites/ramsey/alerts")] == [AlertCode.OFFLINE]


async def test_doors_fire_intruders_and_duress_are_listed_the_worst_first(hub: Hub, edge: FakeEdge) -> None:
    states: list[tuple[str, str, dict[str, str | int | float | bool | None]]] = [
        ("door", "front-door", {"contact": "open", "alarm": "forced"}),
        ("fire", "fire-line", {"state": "active"}),
        ("alarm", "hall", {"state": "triggered"}),
    ]
    for kind, device, values in states:
        await edge.say_state(DeviceState(device=device, kind=kind, seq=1, at=NOW, values=values))
    forced = AccessData(door="front-door", granted=True, reason=Reason.GRANTED, method=Method.CODE, duress=True)
    await edge.send([event(1, forced, device="front-door")])
    await edge.acknowledged(1)
    async with signed_in(hub.app) as admin:

        async def look() -> list[str] | None:
            found = [each["text"] for each in await alerts(admin)]
            return found if len(found) == 4 else None

        found = await eventually(look, what="all four are told of")
        assert found == [
            "Fire alarm",
            "Front door: opened UNDER DURESS: somebody was forced",
            "Intruder alarm",
            "Front door was forced open",
        ]


async def test_only_users_with_live_access_see_alerts_and_of_their_sites_alone(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    await edge.say_status(online=False)
    await until(hub, online=False)
    clock.advance(seconds=60)
    async with signed_in(hub.app) as admin:
        await admin.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
        async with signed_in_as(hub.app, admin, "porter", sites=["wyton"]) as elsewhere:
            assert await alerts(elsewhere) == []
        async with signed_in_as(hub.app, admin, "porter", sites=["ramsey"]) as here:
            assert len(await alerts(here)) == 1
        async with signed_in_as(hub.app, admin, "wall") as reader:
            assert (await reader.get(f"{API}/alerts")).status_code == 403


async def test_an_alert_of_yesterday_is_over(container: Container, clock: ManualClock) -> None:
    async with container.database.write() as tx:
        await repository.alert(
            tx, SITE.id, "main", AlertCode.DURESS, "front-door opened", clock.now() - timedelta(hours=25)
        )
        assert await open_alerts(tx, {SITE.id: SITE}, clock.now()) == []
