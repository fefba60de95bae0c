"""A real Prometheus scrapes a controller, and takes every rule of the docs and every query of the boards."""

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from controller.people.passwords import Passwords
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from tests import grafana
from tests.contract.test_boards import ASKED, NOW
from tests.controller.clock import ManualClock
from tests.eventually import eventually
from tests.grafana import ago
from tests.integration.hub import open_hub
from tests.integration.test_controller import edge_link, served
from tests.services.mosquitto import Broker
from tests.services.prometheus import Prometheus

ROOT = Path(__file__).parents[2]
WITHOUT_HERE = ("history", "battery", "people", "alerts_open", "certificate", "refused", "strays")
"""Words of series that a controller without InfluxDB, sensors, TLS and trouble does not have."""


@pytest.mark.peers_full
async def test_a_real_prometheus_knows_every_series_and_takes_every_rule_and_query(
    settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    rules = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with (
        open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords) as hub,
        hub.edge(edge_link(mosquitto)),
        served(hub) as address,
    ):
        await hub.up_to_date()
        prometheus = Prometheus(tmp_path, scrapes=address, rules=rules)
        prometheus.start()
        try:

            async def scraped_twice() -> bool:
                return bool(await prometheus.query("rate(hallkeeper_edge_events_total[1m])"))

            await eventually(scraped_twice, what="Prometheus has scraped twice")
            asked = [each for each in ASKED if each.source == "hallkeeper-prometheus"]
            assert len(asked) > 30
            for each in asked:
                shown = grafana.in_promql(each.target["expr"], ago(NOW, each, {"site": ["ramsey", "other"]}))
                if not shown.startswith("label_values("):  # Grafana's own word, which it asks the labels for
                    await prometheus.query(shown)
                for name in set(re.findall(r"hallkeeper_\w+", shown)):
                    there = await prometheus.query(name)
                    assert there or any(word in name for word in WITHOUT_HERE), each.where
            [online] = await prometheus.query("hallkeeper_edge_online")
            assert (online["metric"]["site"], online["metric"]["edge"], online["value"][1]) == ("ramsey", "main", "1")

            async def evaluated() -> bool:
                return all(rule["health"] == "ok" for rule in await prometheus.rules())

            await eventually(evaluated, what="every rule has been evaluated")
            assert {rule["name"] for rule in await prometheus.rules()} >= {"EdgeOffline", "NoticesLate", "IngestBehind"}
        finally:
            prometheus.stop()
