"""Debian's Prometheus, which scrapes a controller on loopback."""

from pathlib import Path
from typing import Any

import httpx
import yaml

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program


class Prometheus:
    """``rules``: groups of alert rules as its file takes them."""

    def __init__(self, folder: Path, *, scrapes: str, rules: dict[str, Any]) -> None:
        self.port = free_port()
        (folder / "rules.yaml").write_text(yaml.safe_dump(rules))
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(folder / "rules.yaml")],
            "scrape_configs": [{"job_name": "hallkeeper", "static_configs": [{"targets": [scrapes]}]}],
        }
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
        argv = [
            program("prometheus", package="prometheus"),
            f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        log = folder / "prometheus.log"
        self._service = Service("prometheus", argv, log=log, ready=lambda: answers(self.port))

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.stop()

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an expression now. Raises ``AssertionError`` with what Prometheus says against it."""
        return list((await self._get("query", query=expression))["result"])

    async def rules(self) -> list[dict[str, Any]]:
        return [rule for group in (await self._get("rules"))["groups"] for rule in group["rules"]]

    async def _get(self, what: str, **params: str) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as client:
            answer = await client.get(f"/api/v1/{what}", params=params)
        assert answer.is_success, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data
