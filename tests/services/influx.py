"""A real InfluxDB behind nginx, which together take writes as InfluxDB 2 does."""

import os
from collections.abc import Mapping
from pathlib import Path
from string import Template
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import msgspec

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program

_HERE = Path(__file__).parent
Cell = str | int | float | bool | None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One series of an InfluxQL answer. `time` is RFC 3339 in UTC."""

    name: str
    columns: list[str]
    values: list[list[Cell]]
    tags: dict[str, str] = {}

    def rows(self) -> list[dict[str, Cell]]:
        """Each row by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


class _Result(msgspec.Struct):
    series: list[Series] = []
    error: str | None = None


class _Answer(msgspec.Struct):
    results: list[_Result]


class InfluxServer:
    """Takes `/api/v2/write` with any token (org is ignored, bucket = database) and InfluxQL on `/query`."""

    token = "any-token-will-do"
    org = "hallkeeper"

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._influx_port = free_port()
        self._buckets = 0
        filled = {
            "folder": str(folder),
            "backup_port": str(free_port()),
            "port": str(self._influx_port),
        }
        influx_conf = _fill("influxdb.conf", folder, filled)
        nginx_conf = _fill(
            "nginx-influx.conf",
            folder,
            {
                "folder": str(folder),
                "port": str(self.port),
                "influx_port": str(self._influx_port),
                "user": "user root;" if os.getuid() == 0 else "",
            },
        )
        self._influx = Service(
            "influxd",
            [program("influxd", package="influxdb"), "-config", str(influx_conf)],
            log=folder / "influxd.log",
            ready=lambda: answers(self._influx_port),
        )
        self._nginx = Service(
            "nginx",
            [program("nginx", package="nginx"), "-e", "stderr", "-p", str(folder), "-c", str(nginx_conf)],
            log=folder / "nginx.log",
            ready=lambda: answers(self.port),
        )

    @property
    def url(self) -> str:
        """Base address for `influxdb-client`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._influx.start()
        self._nginx.start()

    def stop(self) -> None:
        self._nginx.stop()
        self._influx.stop()

    def kill(self) -> None:
        """kill -9 of InfluxDB; nginx stays and answers 502."""
        self._influx.kill()

    def restart(self) -> None:
        """Bring a stopped or killed InfluxDB back with what it had stored."""
        self._influx.stop()
        self._influx.start()

    def create_bucket(self) -> str:
        """Name of a fresh, empty bucket."""
        self._buckets += 1
        bucket = f"bucket_{self._buckets}"
        self._ask({"q": f'CREATE DATABASE "{bucket}"'}, method="POST")
        return bucket

    def query(self, bucket: str, influxql: str) -> list[Series]:
        """Answer of one InfluxQL statement; raises ValueError when InfluxDB refuses it."""
        return self._ask({"q": influxql, "db": bucket}, method="GET")

    def _ask(self, parameters: Mapping[str, str], *, method: str) -> list[Series]:
        request = Request(f"{self.url}/query?{urlencode(parameters)}", method=method)
        with urlopen(request, timeout=60) as answer:
            (result,) = msgspec.json.decode(answer.read(), type=_Answer).results
        if result.error:
            raise ValueError(f"InfluxDB refused {parameters['q']!r}: {result.error}")
        return result.series


def _fill(template: str, folder: Path, values: Mapping[str, str]) -> Path:
    filled = folder / template
    filled.write_text(Template((_HERE / template).read_text()).substitute(values))
    return filled
