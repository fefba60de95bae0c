"""People in buildings on /metrics, as they were last worked out."""

from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.occupancy.service import OccupancyService


class PeopleMetrics(Collector):
    """A site is worked out while somebody looks at it, or it may be too full; of others nothing is said."""

    def __init__(self, occupancy: OccupancyService) -> None:
        self._occupancy = occupancy

    def collect(self) -> Iterable[Metric]:
        people, low, high = (
            GaugeMetricFamily(f"hallkeeper_people{name}", f"People in a building{text}.", labels=("site",))
            for name, text in (
                ("", ", the middle of the estimate"),
                ("_low", ": in nine of ten cases at least so many"),
                ("_high", ": in nine of ten cases at most so many"),
            )
        )
        for site, found in self._occupancy.fresh().items():
            people.add_metric((site,), found.people)
            low.add_metric((site,), found.low)
            high.add_metric((site,), found.high)
        yield from (people, low, high)
