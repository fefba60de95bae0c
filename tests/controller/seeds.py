"""Databases to copy for a test, as far along as what it asks for lets them be."""

import asyncio
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from argon2 import PasswordHasher

from controller.app.schema import migrate
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, running, signed_in
from tests.controller.village import furnish
from tests.services.postgres import PostgresServer

_KEYS = "keys"
_AUTHORIZATION = "authorization"


class Stage(IntEnum):
    """How far a database has come before a test begins."""

    MIGRATED = 0
    SIGNED_IN = 1
    FURNISHED = 2


_ASKING = {
    Stage.FURNISHED: ({"app", "village"}, {"any_app", "any_village"}),
    Stage.SIGNED_IN: ({"app", "client"}, {"any_app", "any_client"}),
}
"""The fixtures of ``tests.controller.fixtures`` that give what a stage has. A client of another application has not
signed in beforehand."""


def cheap_passwords() -> Passwords:
    """Argon2 as cheap as it goes."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), pause_s=0)


def stage_for(fixtures: Iterable[str]) -> Stage:
    """The furthest stage that a test with these fixtures begins with."""
    asked = set(fixtures)
    return next((stage for stage, ways in _ASKING.items() if any(way <= asked for way in ways)), Stage.MIGRATED)


@dataclass(frozen=True, kw_only=True)
class Seed:
    """A database to copy, and the data folder whose keys its secrets are sealed with."""

    database: str
    folder: Path

    def keys_into(self, data_dir: Path) -> None:
        if (self.folder / _KEYS).is_dir():
            shutil.copytree(self.folder / _KEYS, data_dir / _KEYS)

    @property
    def authorization(self) -> str:
        """The `Authorization` header of who is signed in."""
        return (self.folder / _AUTHORIZATION).read_text()


class Seeds:
    """Makes each seed when it is first asked for. ``folder`` is for the seeds alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, Stage], Seed] = {}

    def sqlite(self, stage: Stage) -> Seed:
        """``database`` is a file."""
        if ("sqlite", stage) not in self._made:
            folder = self._fresh("sqlite", stage)
            file = folder / "hallkeeper.db"
            _grow(f"sqlite+aiosqlite:///{file}", folder, stage)
            self._made["sqlite", stage] = Seed(database=str(file), folder=folder)
        return self._made["sqlite", stage]

    def postgres(self, server: PostgresServer, stage: Stage) -> Seed:
        """``database`` is the name of a template."""
        if ("postgresql", stage) not in self._made:
            folder = self._fresh("postgresql", stage)
            template = server.template(f"hallkeeper {stage.name}", lambda url: _grow(url, folder, stage))
            self._made["postgresql", stage] = Seed(database=template, folder=folder)
        return self._made["postgresql", stage]

    def _fresh(self, kind: str, stage: Stage) -> Path:
        folder = self._folder / f"{kind}-{stage.name}".lower()
        folder.mkdir()
        return folder


def _grow(url: str, folder: Path, stage: Stage) -> None:
    asyncio.run(migrate(url))
    if stage > Stage.MIGRATED:
        asyncio.run(_live(url, folder, stage))


async def _live(url: str, folder: Path, stage: Stage) -> None:
    settings = Settings(data_dir=folder, database=url, public_url=BASE_URL)
    async with running(settings, ManualClock(NOW), cheap_passwords()) as app, signed_in(app) as client:
        (folder / _AUTHORIZATION).write_text(client.headers["Authorization"])
        if stage >= Stage.FURNISHED:
            await furnish(client)
