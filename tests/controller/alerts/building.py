"""The site of the tests of alerts, with what its edges and devices say."""

from datetime import timedelta

import httpx
from sqlalchemy import insert

from controller.app.container import Container
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.model import EdgeState
from controller.telemetry.tables import events
from edge.wire.access_decision import ClockTrust
from edge.wire.events import EventData, make_event
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.village import API, Json

RAMSEY = f"{API}/sites/ramsey"
BOOT, LOG = "019ab3e2-1c00-7000-8000-000000000001", "a" * 32
NEXT_BOOT = "019ab3e2-1c00-7000-8000-000000000002"


class Building:
    """The site of the tests, with what its edges and devices say."""

    def __init__(self, container: Container, clock: ManualClock, client: httpx.AsyncClient) -> None:
        self.container = container
        self.clock = clock
        self.client = client
        self._seq = 0
        self._log: int | None = None

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

    async def event(
        self, data: EventData, *, device: str = "front-door", late: timedelta = timedelta(0), boot: str = BOOT
    ) -> None:
        """An event that happened just now, or so long ago and learned just now."""
        self._seq += 1
        now = self.clock.now()
        made = make_event(
            seq=self._seq, boot=boot, mono_ms=0, at=now - late, trust=ClockTrust.SYNCED, device=device, data=data
        )
        row = {
            "seq": self._seq,
            "site": "ramsey",
            "edge": "pi-front",
            "kind": made.kind,
            "device": device,
            "at": made.at,
        }
        row |= {"boot": boot, "mono_ms": 0, "trust": "synced", "data": bytes(made.data).decode()}
        row |= {"at": made.at, "received_at": now, "learned_late": late > timedelta(0)}
        async with self.container.database.write() as tx:
            if self._log is None:
                self._log = await telemetry.open_log(tx, "ramsey", "pi-front", LOG, now)
            await tx.execute(insert(events).values(row | {"log_id": self._log}))

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
