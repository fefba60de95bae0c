"""Telemetry's totals on /metrics; ``edge_metrics`` has what is told edge by edge."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.telemetry.envelope_verifier import EnvelopeVerifier
from controller.telemetry.history.follower import HistoryFollower
from edge.wire.link import Link


class _Telemetry(Collector):
    def __init__(
        self, link: Link, gate: EnvelopeVerifier, strays: Mapping[str, int], follower: HistoryFollower | None
    ) -> None:
        self._link = link
        self._gate = gate
        self._strays = strays
        self._follower = follower

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "hallkeeper_broker_connected", "Whether the broker is connected.", float(self._link.connected)
        )
        refused = CounterMetricFamily(
            "hallkeeper_refused", "What edges sent that was refused or set aside.", labels=("reason",)
        )
        for reason, number in sorted(self._gate.refused.items()):
            refused.add_metric((reason,), number)
        yield refused
        yield CounterMetricFamily(
            "hallkeeper_strays", "Messages on topics that nobody listens to.", sum(self._strays.values())
        )
        if self._follower is not None:
            yield GaugeMetricFamily(
                "hallkeeper_history_up", "Whether the history takes samples.", float(self._follower.down is None)
            )
            yield CounterMetricFamily(
                "hallkeeper_history_refused", "Lots of samples with some that it refused.", self._follower.refused
            )


def publish_metrics(
    registry: CollectorRegistry,
    *,
    link: Link,
    gate: EnvelopeVerifier,
    strays: Mapping[str, int],
    follower: HistoryFollower | None,
) -> None:
    """Let /metrics tell of the link, of what was refused, and of the history."""
    registry.register(_Telemetry(link, gate, strays, follower))
