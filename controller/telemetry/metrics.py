"""Telemetry's totals on /metrics; ``edge_metrics`` has the metrics of each edge."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.db.lease import WorkLease
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from controller.telemetry.history import HistoryFollower
from controller.telemetry.validation import unreadable
from edge.wire.broker_link import Link


@dataclass(eq=False, kw_only=True)
class TelemetryMetrics(Collector):
    """The link's state, refusals and the history's state."""

    link: Link
    lease: WorkLease | None
    verifier: EnvelopeVerifier
    strays: Mapping[str, int]
    failed: Mapping[str, int]
    dropped: Callable[[], int]
    hook: HistoryFollower | None

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "hallkeeper_broker_connected", "Whether the broker is connected.", float(self.link.connected)
        )
        if self.lease is not None:
            yield GaugeMetricFamily(
                "hallkeeper_work_lease",
                "The number of the lease by which this controller does the work of the estate; 0 where another does.",
                self.lease.number,
            )
        refused = CounterMetricFamily(
            "hallkeeper_refused",
            "Messages and events from edges, refused or put in quarantine.",
            labels=("reason",),
        )
        for reason, number in sorted(self.verifier.refused.items()):
            refused.add_metric((reason,), number)
        yield refused
        left_out = CounterMetricFamily(
            "hallkeeper_events_unreadable",
            "Stored events that were passed over because a newer version has stored them.",
            labels=("kind",),
        )
        for kind, number in sorted(unreadable.items()):
            left_out.add_metric((kind,), number)
        yield left_out
        yield CounterMetricFamily(
            "hallkeeper_strays", "Messages on topics that have no handler.", sum(self.strays.values())
        )
        yield CounterMetricFamily(
            "hallkeeper_messages_failed", "Messages at which the controller itself failed.", sum(self.failed.values())
        )
        yield CounterMetricFamily(
            "hallkeeper_messages_dropped", "Messages dropped because too many of their edge waited.", self.dropped()
        )
        if self.hook is not None:
            yield GaugeMetricFamily(
                "hallkeeper_history_up", "Whether the history takes samples.", float(self.hook.down is None)
            )
            yield GaugeMetricFamily(
                "hallkeeper_history_waiting_events", "Events it has still to take, at most.", self.hook.waiting
            )
            yield CounterMetricFamily(
                "hallkeeper_history_refused", "Batches of samples of which it refused some.", self.hook.refused
            )
