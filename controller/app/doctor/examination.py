"""Examines a controller from outside: its configuration, machine, servers and database, whether it runs or not.

It changes nothing: the database is opened read-only, and no mail and no lasting message is sent.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from controller.app.doctor import machine, network, stored
from controller.platform.preflight import load_clock
from controller.platform.privileges import become_owner
from controller.platform.settings import ConfigError, Settings
from controller.platform.settings_file import load_settings
from edge.wire.doctor_findings import Finding, fail, ok

SIDE = "controller"


def examine(config: Path, limit_s: float = stored.LIMIT_S) -> list[Finding]:
    """Every finding about the controller that the configuration describes. As root it continues as the owner of the
    data folder, so that it reads what the service can read. ``limit_s``: how long each check of the database may
    take."""
    return [msgspec.structs.replace(each, side=SIDE) for each in asyncio.run(_all(config, limit_s))]


async def _all(config: Path, limit_s: float) -> list[Finding]:
    return [each async for each in _examined(config, limit_s)]


async def _examined(config: Path, limit_s: float) -> AsyncIterator[Finding]:
    try:
        settings = _settings(config)
        clock = load_clock(config, settings)
        now = clock.now()
    except FileNotFoundError:
        yield fail("configuration", f"{config} does not exist", f"hallkeeper controller init --config {config}")
        return
    except ConfigError as error:
        yield fail("configuration", f"{error.file}: {error.key}: {error.hint}", f"Correct it in {error.file}")
        return
    yield ok("configuration", f"{config} is valid: data in {settings.data_dir}, pages at {settings.address}")
    for each in _of_machine(config, settings):
        yield each
    yield machine.backups(settings, clock)
    running = await network.ask(settings)
    yield machine.service(running.answers, where=network.own_address(settings))
    for each in running.findings():
        yield each
    async for found in network.findings(settings, running, datetime.now(UTC)):
        yield found
    today = datetime.now(UTC)
    async for found in stored.findings(settings, now, today, connected=running.connected, limit_s=limit_s):
        yield found


def _settings(config: Path) -> Settings:
    """Raises ``ConfigError``, ``FileNotFoundError``."""
    config.stat()
    settings = load_settings(config)
    if settings.data_dir.exists():
        become_owner(settings.data_dir)
        load_settings(config)  # the service has to read it too
    return settings


def _of_machine(config: Path, settings: Settings) -> Iterator[Finding]:
    if settings.clock_file is None:
        yield from machine.clocks()
    yield machine.versions()
    yield from machine.permissions(config, settings)
    yield from machine.disk(settings)
