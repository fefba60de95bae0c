"""The site of the tests of alerts, with what its edges and devices say."""

from datetime import timedelta

import httpx

from controller.container import Container
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.model import EdgeState
from edge.wire.access_decision import ClockTrust
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.village import API, Json

RAMSEY = f"{API}/sites/ramsey"


class Building:
    """The site of the tests, with what its edges and devices say."""

    def __init__(self, container: Container, clock: ManualClock, client: httpx.AsyncClient) -> None:
        self.container = container
        self.clock = clock
        self.client = client
        self._seq = 0

    async def edge(self, name: str, *, online: bool) -> None:
        state = EdgeState(
            site="ramsey",
            edge=name,
            online=online,
            since=self.clock.now(),
            boot="b",
            connection=1,
            nonce="n",
            at=self.clock.now(),
            software="1",
            trust=ClockTrust.SYNCED,
        )
        async with self.container.database.write() as tx:
            await telemetry.put_edge_state(tx, state)

    async def device(self, name: str, kind: str = "door", edge: str = "pi-front", **values: str) -> None:
        self._seq += 1
        state = DeviceState(device=name, kind=kind, seq=self._seq, at=self.clock.now(), values=dict(values))
        async with self.container.database.write() as tx:
            await telemetry.put_device_states(tx, "ramsey", edge, [state])

    async def report(self, code: AlertCode, text: str, about: str, *, ago: timedelta = timedelta(0)) -> None:
        now = self.clock.now()
        async with self.container.database.write() as tx:
            await telemetry.alert(tx, "ramsey", "pi-front", code, text, now - ago, about=about, learned_at=now)

    async def after(self, **time: int) -> list[Json]:
        """Open alerts so much later, having been looked at before and after."""
        await self.container.mqtt.alerts.evaluate()
        self.clock.advance(**time)
        await self.container.mqtt.alerts.evaluate()
        return await self.alerts()

    async def alerts(self, query: str = "") -> list[Json]:
        answer = await self.client.get(f"{RAMSEY}/raised-alerts{query}")
        assert answer.status_code == 200, answer.text
        items: list[Json] = answer.json()["items"]
        return items

    async def act(self, alert: Json, what: str, body: Json | None = None) -> httpx.Response:
        return await self.client.post(f"{RAMSEY}/raised-alerts/{alert['id']}/{what}", json=body)
