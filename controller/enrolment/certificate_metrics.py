"""Until when our own certificates last, on /metrics: of a broker with TLS, of the controller there, of our CA."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.enrolment.broker_files import LOGIN_FILE


@dataclass(frozen=True)
class CertificateMetrics(Collector):
    """``data_dir``: that of the settings. A file that is not there has no series."""

    data_dir: Path

    def collect(self) -> Iterable[Metric]:
        ends = GaugeMetricFamily(
            "hallkeeper_certificate_expires_timestamp_seconds",
            "When a certificate of the controller's own ends, in Unix time.",
            labels=("certificate",),
        )
        files = {"authority": "broker/ca.pem", "broker": "broker/broker.pem", "controller": f"keys/{LOGIN_FILE}"}
        for name, file in files.items():
            try:
                held = x509.load_pem_x509_certificate((self.data_dir / file).read_bytes())
            except (OSError, ValueError):
                continue
            ends.add_metric((name,), held.not_valid_after_utc.timestamp())
        yield ends
