"""Telemetry's totals on /metrics; ``edge_metrics`` has the metrics of each edge."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.telemetry.envelope_verifier import EnvelopeVerifier
from controller.telemetry.history.follower import HistoryFollower
from edge.wire.link import Link


class _Telemetry(Collector):
    def __init__(
        self, link: Link, verifier: EnvelopeVerifier, strays: Mapping[str, int], hook: HistoryFollower | None
    ) -> None:
        self._link = link
        self._verifier = verifier
        self._strays = strays
        self._hook = hook

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "hallkeeper_broker_connected", "Whether the broker is connected.", float(self._link.connected)
        )
        refused = CounterMetricFamily(
            "hallkeeper_refused",
            "Messages and events from edges, refused or put in quarantine.",
            labels=("reason",),
        )
        for reason, number in sorted(self._verifier.refused.items()):
            refused.add_metric((reason,), number)
        yield refused
        yield CounterMetricFamily(
            "hallkeeper_strays", "Messages on topics that have no handler.", sum(self._strays.values())
        )
        if self._hook is not None:
            yield GaugeMetricFamily(
                "hallkeeper_history_up", "Whether the history takes samples.", float(self._hook.down is None)
            )
            yield CounterMetricFamily(
                "hallkeeper_history_refused", "Batches of samples of which it refused some.", self._hook.refused
            )


def publish_metrics(
    registry: CollectorRegistry,
    *,
    link: Link,
    verifier: EnvelopeVerifier,
    strays: Mapping[str, int],
    hook: HistoryFollower | None,
) -> None:
    """Publish the link's state, refusals and the history's state at /metrics."""
    registry.register(_Telemetry(link, verifier, strays, hook))
