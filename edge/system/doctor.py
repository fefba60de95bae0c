"""Examines an edge from outside: configuration, machine, network, plan, outbox.

It only writes a probe file, and may run while the agent runs.
"""

import asyncio
import contextlib
import platform
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cryptography import x509

from edge.config import Config, load
from edge.errors import ConfigError
from edge.events.recovery import ACK, Acked
from edge.events.segments import FOLDER, first_of, read, span_of
from edge.net.connect_options import context_of, context_with, trouble_of
from edge.net.plan_store import PlanStore
from edge.sensors.config import MqttSensorsConfig
from edge.system.durable_files import DiskFiles
from edge.system.machine_checks import Machine
from edge.version import installed_version
from edge.wire.codec import decode
from edge.wire.doctor_findings import Finding, certificate, fail, ok, warn
from edge.wire.envelope import Keyring
from edge.wire.errors import WireError
from edge.wire.faults import FaultCode, describe
from edge.wire.faults import hint as hint_of
from edge.wire.peer_certificate import peer_certificate

SOON = timedelta(days=7)
MANY_EVENTS = 10_000


def examine(path: Path, machine: Machine, now: datetime) -> Iterator[Finding]:
    """Every finding about the edge that the configuration in ``path`` describes."""
    try:
        config = load(path)
    except ConfigError as error:
        yield _no_configuration(path, error)
        yield from machine.bare_findings()
        return
    said = f"{path} is valid: {config.site}/{config.edge}; only the owner can read its secrets"
    yield ok("configuration", said)
    yield versions()
    yield from machine.findings(config)
    yield certificate("certificate", config.identity.certificate, now, "The agent renews it when it is connected")
    yield from broker(config, now)
    if config.mqtt_sensors is not None:
        yield from sensors(config.mqtt_sensors, now)
    yield from plan(config, now)
    yield outbox(config)


def _no_configuration(path: Path, error: ConfigError) -> Finding:
    if path.exists():
        return fail("configuration", f"{error.file}: {error.key}: {error.problem}", error.hint)
    hint = "Enrol this Pi with `hallkeeper edge enrol`, which writes the file (docs/enrolment.md), or set --config"
    return fail("configuration", f"{path} does not exist", hint)


def broker(config: Config, now: datetime) -> Iterator[Finding]:
    where = f"{config.broker.host}:{config.broker.port}"
    context = context_of(config.identity) if config.broker.tls else None
    try:
        shown = peer_certificate(config.broker.host, config.broker.port, context)
    except ssl.SSLError as error:
        hint = "docs/enrolment.md describes how the broker gets its certificate"
        yield fail("broker", f"the TLS connection to {where} failed ({error.reason or error})", hint)
        return
    except OSError as error:
        hint = "Check the network, that the broker runs and that its port is open. Doors work by their plan meanwhile"
        yield fail("broker", f"{where} cannot be reached ({error.strerror or error})", hint)
        return
    yield ok("broker", f"{where} answers{' by TLS' if shown else ''}")
    if shown is not None:
        hint = "`hallkeeper controller broker-files` makes a new one"
        yield certificate("broker's certificate", shown, now, hint)


def sensors(config: MqttSensorsConfig, now: datetime) -> Iterator[Finding]:
    """The broker of sensors, which is somebody else's, and our certificate for it."""
    thing, where = "sensors' broker", f"{config.host}:{config.port}"
    if config.login is not None:
        held = x509.load_pem_x509_certificate(config.login.encode())
        yield certificate("certificate for the sensors' broker", held, now, "Renew cert_file of [mqtt_sensors]")
    try:
        context = context_with(config.ca, config.login) if config.tls else None
        shown = peer_certificate(config.host, config.port, context)
    except OSError as error:
        part = trouble_of(error) or ""
        detail = getattr(error, "verify_message", "") or error.strerror or error
        said = f"{where}: {describe(FaultCode.SENSORS_CUT_OFF, part)} ({detail})"
        advice = hint_of(FaultCode.SENSORS_CUT_OFF, part)
        yield fail(thing, said, advice[0].upper() + advice[1:])
        return
    yield ok(thing, f"{where} answers{' by TLS' if shown else ''}")
    if shown is not None:
        yield certificate("certificate of the sensors' broker", shown, now, "Renew it on that broker")


def versions() -> Finding:
    """What is installed here; the controller's own doctor compares it with the controller's."""
    parts = [f"Python {platform.python_version()}"]
    for name in ("aiomqtt", "gpiozero", "lgpio"):
        with contextlib.suppress(PackageNotFoundError):
            parts.append(f"{name} {version(name)}")
    return ok("versions", f"Hallkeeper {installed_version()}, {', '.join(parts)}")


def plan(config: Config, now: datetime) -> Iterator[Finding]:
    """The plan on disk and how long it lasts."""
    store = PlanStore(
        DiskFiles(config.data_dir),
        site=config.site,
        edge=config.edge,
        keys=Keyring(*config.identity.controller_keys),
        using=lambda: None,
    )
    trouble = asyncio.run(store.open())
    hint = "The controller sends a new one as soon as the edge is connected"
    if store.plan is None:
        hint = "The controller sends one as soon as the edge is connected and has a door in the estate"
        yield fail("plan", trouble or "there is none on disk, so no code opens", hint)
        return
    manifest = store.plan.manifest
    if missing := sorted({door.id for door in config.doors} - set(store.plan.doors)):
        yield fail("plan", f"it does not include {', '.join(missing)}", "Assign these doors to this edge in the estate")
    if manifest.horizon <= now:
        yield fail("plan", f"it ended on {manifest.horizon:%Y-%m-%d %H:%M} UTC", hint)
    elif manifest.horizon - now < SOON:
        yield warn("plan", f"it ends on {manifest.horizon:%Y-%m-%d %H:%M} UTC", hint)
    else:
        said = f"version {manifest.version}, {store.plan.grant_count} grants, until {manifest.horizon:%Y-%m-%d}"
        yield ok("plan", said)


def outbox(config: Config) -> Finding:
    """The events that the controller has not acknowledged."""
    files = DiskFiles(config.data_dir)
    try:
        names = [name for name in files.names(FOLDER) if first_of(name) is not None]
        size = sum((config.data_dir / name).stat().st_size for name in names)
        header, events, _ = read((files.read(names[-1]) if names else None) or b"")
        acked = decode(data, Acked) if (data := files.record(ACK)) is not None else None
    except (OSError, WireError) as error:
        return fail("outbox", f"it cannot be read ({error})", "Restart the agent: it repairs what it can")
    if not names:
        return ok("outbox", "it is empty")
    last = span_of(events[-1])[1] if events else (first_of(names[-1]) or 1) - 1
    behind = last - (acked.seq if acked is not None and header is not None and acked.log == header.log else 0)
    said = f"{behind} events are not acknowledged yet; {size / 2**20:.1f} of {config.outbox_mb} MB"
    if behind > MANY_EVENTS:
        return warn("outbox", said, "Check the controller. Nothing is lost until the outbox is full")
    return ok("outbox", said)


def today() -> datetime:
    """The current time by the machine's clock, which is examined separately."""
    return datetime.now(UTC)
