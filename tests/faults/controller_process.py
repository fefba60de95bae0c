"""The controller as the process that its users run, on SQLite or PostgreSQL, and a real broker."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import httpx

from firmware_sim.child_process import Child, Start, accepts
from firmware_sim.hub_processes import hallkeeper
from firmware_sim.ports import free_port


class Broker(Protocol):
    """Where a broker listens."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


class ControllerProcess:
    """``hallkeeper controller run`` in ``folder``; keeps port and data over kill and restart. ``launch`` starts it.
    ``more``: of its configuration. ``database``: the address of its database, if that is not in the folder."""

    def __init__(self, folder: Path, broker: Broker, launch: Start, *, more: str = "", database: str = "") -> None:
        self.port = free_port()
        self.data_dir = folder
        config = folder / "controller.toml"
        config.write_text(
            f'data_dir = "{folder}"\n'
            # Nothing vouches for the clock of a container.
            f"clock_right_on = {datetime.now(UTC).date()}\n"
            + (f'database = "{database}"\n' if database else "")
            + f'[listen]\nhost = "127.0.0.1"\nport = {self.port}\n'
            f'[broker]\nhost = "{broker.host}"\nport = {broker.port}\n{more}'
        )
        self._child = Child(
            "controller",
            [hallkeeper(), "controller", "run", "--config", str(config)],
            log=folder / "controller.log",
            ready=lambda: accepts(self.port),
            patience_s=60,
            launch=launch,
        )

    async def start(self) -> None:
        """Returns once it answers HTTP."""
        await self._child.start()

    async def kill(self) -> None:
        """kill -9."""
        await self._child.kill()

    async def ended(self) -> int:
        """Wait until it ends by itself; its return code."""
        return await self._child.ended()

    def pause(self) -> None:
        """SIGSTOP: its connections stay open."""
        self._child.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._child.signal(signal.SIGCONT)

    @property
    def log(self) -> str:
        return (self.data_dir / "controller.log").read_text()

    async def stop(self) -> None:
        await self._child.stop(patience_s=60)

    @property
    def database(self) -> Path:
        return self.data_dir / "hallkeeper.db"

    async def counted(self, metric: str) -> float:
        """The value of a metric, asked for over HTTP; 0 where there is none."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as client:
            for line in (await client.get("/metrics")).text.splitlines():
                name, _, value = line.partition(" ")
                if name == metric:
                    return float(value)
        return 0.0

    @contextmanager
    def nothing_can_be_committed(self) -> Iterator[None]:
        """Hold SQLite's write lock from here: what the controller receives it cannot commit, for up to the ten
        seconds that it waits for the lock."""
        connection = sqlite3.connect(self.database, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            connection.close()

    def stored(self) -> list[tuple[str, int]]:
        """Log and number of every stored event, as they lie in the file."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(
                "SELECT log, seq FROM events JOIN event_logs ON event_logs.id = log_id ORDER BY log, seq"
            ).fetchall()
        finally:
            connection.close()
