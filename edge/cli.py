"""The command ``hallkeeper``. Other packages add subcommands by entry point; they are loaded on use."""

import asyncio
import gc
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from edge.errors import ConfigError, EdgeError, NotInstalled, RestartWanted
from edge.wire.log_format import LogFormat

GROUP = "hallkeeper.commands"
DOCTORS = "hallkeeper.doctors"
"""What examines another side for ``hallkeeper doctor``: its configuration, and how many seconds each check of its
database may take -> its findings."""
ABOUT = {
    "alerts": "What needs somebody: list it, say that you have seen it, put it off.",
    "attendance": "Who came to each booking, when, how many, and which rooms were used without one.",
    "audit": "Who did what, when and from where: read it, export it, verify it.",
    "bookings": "Bookings: list, approve, decline, import, export.",
    "calendar": "Import calendars of other programs.",
    "controller": "The central server: diary, codes, plans, web pages.",
    "count": "Count people by hand at a door, and see its counter's totals calibrated by that.",
    "demo": "Three complete buildings on simulated hardware.",
    "displays": "Tablets at doors and screens in foyers: list, pair, end.",
    "documents": "What parties have shown, such as insurance, and what lapses soon.",
    "door": "Unlock, hold open, lock down, test a door or set a count, each with a reason.",
    "find": "Find a space for a booking or a series.",
    "floor-plan": "The drawing of a site on which Now shows its doors and rooms: import, export, undo.",
    "forecast": "How many people to expect in each hour of two weeks, at a site or from a recording.",
    "free": "List when a site's spaces are free.",
    "holders": "Staff, key holders and contractors: people with their own door credentials.",
    "hours": "Opening hours, bank holidays, closures.",
    "induction": "A site's own induction: write it, read it.",
    "members": "Library members who may come in during unstaffed hours.",
    "notices": "Mails and text messages to the people who booked.",
    "occupancy": "How many people were in a space, from a recording of its sensors, and are in a building now.",
    "parties": "Organisations, groups and people: who belongs to them, invitations, import, export.",
    "privacy": "What is kept about people, for how long and why: the record and the notice.",
    "release": "Sign releases of the edge, with a key that no controller holds.",
    "retention": "How long each kind of data is kept.",
    "safeguarding": "Concerns about the safety of a child or an adult.",
    "sensors": "Sensors in rooms: list what each sends, add one to a room, take it out.",
    "sessions": "Where you are signed in, and ending that.",
    "sign-in": "Sign in to a controller, for the commands that need it.",
    "sign-out": "Sign out.",
    "password": "Change your own password.",
    "sim": "Control a running demo: type codes, walk in, cut the network.",
    "site": "Import or export a building, or all of them, as one file.",
    "tokens": "API tokens: list, make, end.",
    "users": "Users at your sites and what they may do.",
    "unusual": "Which counts at a door were unusual, from a recording.",
    "waiting": "Waiting lists for times that are taken.",
    "why": "Explain why a door admits somebody or not, at any time.",
}
ABOUT_EDGE = {
    "revoke": "Revoke an edge, for example when its Pi was stolen; lists whom to tell.",
    "rotate": "Rotate an edge's keys and its doors' secrets; codes keep working.",
    "token": "Make a token to enrol an edge, once.",
}
ABOUT_SETUP = {
    "hall": "Set up the controller of a single hall on this machine, in one step.",
    "server": "Set up the controller of several buildings on this machine, in one step.",
}
EXIT_CONFIG = 2
EXIT_RESTART = 75
"""The service manager restarts the agent at once (EX_TEMPFAIL of sysexits.h)."""


def _extra(command: str) -> str:
    """The extra of the package that holds another package's command."""
    return "sim" if command in {"demo", "sim"} else "controller"


@contextmanager
def _without_collection() -> Iterator[None]:
    """What modules make as they are imported stays: looking through it for garbage takes a tenth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Deferred(TyperCommand):
    """A command of another package, imported on use."""

    def __init__(self, entry: EntryPoint) -> None:
        super().__init__(entry.name, help=(ABOUT | ABOUT_EDGE | ABOUT_SETUP).get(entry.name, ""))
        self._entry = entry

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        try:
            with _without_collection():
                loaded = self._entry.load()
        except ModuleNotFoundError as error:
            raise NotInstalled(self._entry.name, _extra(self._entry.name), error.name) from error
        return typer.main.get_command(loaded).make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """Our own commands, and by name those of other packages, registered under ``entries``."""

    entries = GROUP
    about = ABOUT

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted({*super().list_commands(ctx), *(entry.name for entry in entry_points(group=self.entries))})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if (own := super().get_command(ctx, cmd_name)) is not None:
            return own
        for entry in entry_points(group=self.entries, name=cmd_name):
            return Deferred(entry)
        if cmd_name in self.about:
            raise NotInstalled(cmd_name, _extra(cmd_name))
        return None


class SetupCommands(Commands):
    """The commands of ``hallkeeper setup``: ours for an edge, the controller's for the rest."""

    entries = f"{GROUP}.setup"
    about = ABOUT_SETUP


class EdgeCommands(Commands):
    """The commands of ``hallkeeper edge``: ours on the Pi, the controller's about a Pi."""

    entries = f"{GROUP}.edge"
    about = ABOUT_EDGE


log = logging.getLogger(__name__)

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Access control and booking for shared community buildings.",
)
edge = typer.Typer(
    cls=EdgeCommands, no_args_is_help=True, help="The agent on the Raspberry Pi: doors, counters, sensors."
)
app.add_typer(edge, name="edge")
setup = typer.Typer(
    cls=SetupCommands, no_args_is_help=True, help="From an installed package to a running hall, server or edge."
)
app.add_typer(setup, name="setup")

CONFIG = Path("/etc/hallkeeper/edge.toml")
CONTROLLER_CONFIG = Path("/etc/hallkeeper/controller.toml")
DATA_DIR = Path("/var/lib/hallkeeper-edge")
USER = "hallkeeper-edge"
"""Of the agent, and the name of its unit."""
LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", envvar="HALLKEEPER_LOG_FORMAT", help="How log lines are written.")
]
ConfigPath = Annotated[Path, typer.Option("--config", help="The edge's TOML file.")]


def _say_version(wanted: bool) -> None:
    if wanted:
        from edge.version import installed_version

        typer.echo(f"hallkeeper {installed_version()}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Access control and booking for shared community buildings."""


@edge.command()
def run(
    config: ConfigPath = CONFIG,
    verbose: Annotated[bool, typer.Option(help="Log debug messages.")] = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Run the agent until SIGTERM or Ctrl-C. It then locks every strike and reports the edge as offline."""
    from edge.system.log import logging_to

    with logging_to(sys.stderr, level=logging.DEBUG if verbose else logging.INFO, kind=log_format):
        asyncio.run(_run(config))


async def _run(path: Path) -> None:
    from edge.agent import Agent
    from edge.config import load
    from edge.net.identity import prove_writable
    from edge.net.mqtt_client import MqttLink, sensors_link
    from edge.system.durable_files import CARD_REFUSES, DiskFiles
    from edge.system.pins import machine_pins
    from edge.system.process_memory import keep_memory_private
    from edge.system.watchdog import ServiceManager
    from edge.updates.host import update_host
    from edge.wire.clock import clock_from
    from edge.wire.machine_clock import kernel_synchronised

    config = load(path)
    if config.wifi and not keep_memory_private():
        fields = {"action": "not_locked", "hint": "set LimitMEMLOCK=infinity, as the unit does, or switch swap off"}
        log.warning("Addresses of WiFi stations may be swapped to disk", extra=fields)
    try:
        prove_writable(config.data_dir / "probe")
    except OSError as error:
        # With a worn card the doors work by the plan on it, and the agent says so.
        if error.errno not in CARD_REFUSES:
            hint = f"Run this as its owner, or chown -R hallkeeper-edge {config.data_dir}"
            said = f"{config.data_dir} cannot be written ({error.strerror})"
            raise ConfigError(path, "data_dir", said, hint) from None
    try:
        clock = clock_from(config.clock_file.read_bytes() if config.clock_file is not None else None)
    except (OSError, ValueError) as error:
        raise ConfigError(path, "clock_file", f"cannot be used ({error})", "Remove it to use the real time") from None
    agent = Agent(
        config,
        clock=clock,
        pins=machine_pins(),
        link=lambda connect_options: MqttLink(config.broker, connect_options),
        sensors_link=sensors_link,
        files=DiskFiles(config.data_dir),
        synchronised=kernel_synchronised if config.clock_file is None else lambda: True,
        manager=ServiceManager(os.environ),
        updates=update_host(),
    )
    await until_told(agent.run())


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Run ``work`` until it ends, or cancel it once on SIGTERM or SIGINT; a second signal must not interrupt its last
    writes to disk. Raises what ``work`` raises."""
    task = asyncio.create_task(work, name="agent")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    waiting = asyncio.create_task(stop.wait(), name="signals")
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    task.cancel()
    await asyncio.wait((task,))
    if not task.cancelled():
        task.result()


@edge.command()
def check_config(config: ConfigPath = CONFIG) -> None:
    """Check the configuration and the files that it names, and print a summary."""
    from edge.config import load

    found = load(config)
    typer.echo(
        f"{config} is valid: {found.site}/{found.edge}, {len(found.doors)} doors, {len(found.counters)} counters, "
        f"{len(found.motion)} motion sensors, {len(found.wifi)} WiFi counts, broker {found.broker.host}:"
        f"{found.broker.port}"
    )
    typer.echo("`hallkeeper doctor` tests what it names: pins, readers, programs, clock, broker.")


@edge.command()
def enrol(
    token: Annotated[str, typer.Argument(help="From `hallkeeper edge token SITE/EDGE`; it works once.")],
    controller: Annotated[str, typer.Option(help="The controller's address, such as https://hub.example.org.")],
    config: Annotated[Path, typer.Option(help="The edge's TOML file; created if it does not exist.")] = CONFIG,
    data_dir: Annotated[
        Path, typer.Option(help="The agent's data folder, if the configuration does not name it.")
    ] = DATA_DIR,
    again: Annotated[bool, typer.Option("--again", help="Enrol again a Pi that is already enrolled.")] = False,
) -> None:
    """Enrol this Pi at a controller: generate its keys, get its certificate and its doors' secrets, and store them in
    one file that only the agent can read. If it is interrupted, type it again."""
    from edge.config import data_dir_of
    from edge.errors import EnrolmentFailed
    from edge.net.enrol import enrol as ask
    from edge.net.enrol import starting_config
    from edge.net.identity import FILE, prove_writable, write_identity

    folder = data_dir_of(config) if config.exists() else data_dir
    file = folder / FILE
    if file.exists() and not again:
        raise EnrolmentFailed(f"this Pi is already enrolled ({file} exists); use --again to enrol it again")
    try:
        prove_writable(file)
    except OSError as error:
        raise EnrolmentFailed(
            f"{file} cannot be written ({error.strerror}). Run this as root or as the agent's user"
        ) from None
    identity = ask(token, controller)
    write_identity(file, identity)
    typer.echo(f"Enrolled as {identity.issued.site}/{identity.issued.edge}; its keys and identity are in {file}.")
    if config.exists():
        return
    text = starting_config(identity, folder)
    try:
        if not config.parent.exists():
            config.parent.mkdir(parents=True)
            config.parent.chmod(0o755)  # whatever root's umask is, the agent's own user reads it
        config.write_text(text, encoding="utf-8")
        config.chmod(0o644)
    except OSError as error:
        typer.echo(f"{config} cannot be written ({error.strerror}). Write this to it:\n{text}")
    else:
        typer.echo(f"Wrote {config}. Set the pins of its doors in it, then start the agent.")


@setup.command("edge")
def setup_edge(
    token: Annotated[str, typer.Argument(help="From `hallkeeper edge token SITE/EDGE`; it works once.")],
    controller: Annotated[str, typer.Option(help="The controller's address, such as https://hub.example.org.")],
) -> None:
    """Set up an edge on this Pi: enrol it, start its agent now and with every boot, and examine it. Run it as root."""
    if not DATA_DIR.exists():
        DATA_DIR.mkdir(parents=True, mode=0o700)
        shutil.chown(DATA_DIR, USER, USER)
    enrol(token, controller, CONFIG, DATA_DIR, again=False)
    for words in (("enable", USER), ("restart", USER)):
        if subprocess.run(["/usr/bin/systemctl", *words], check=False).returncode:
            typer.echo(f"This Pi is enrolled, but `systemctl {' '.join(words)}` failed.", err=True)
    typer.echo(f"After you have set the pins of its doors in {CONFIG}: systemctl restart {USER}")
    doctor(CONFIG)


@app.command()
def doctor(
    config: Annotated[Path | None, typer.Option("--config", help="The edge's TOML file.")] = None,
    controller: Annotated[Path | None, typer.Option(help="The controller's TOML file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    limit: Annotated[float, typer.Option(min=0.1, help="Seconds that each check of the database may take.")] = 30,
) -> None:
    """Examine the edge and the controller on this machine, as far as they are set up here: configuration, secrets,
    clocks, disk, broker, certificates, versions; of an edge pins, readers, plan, outbox, watchdogs and power; of a
    controller database, mail, HTTPS and what its edges last said. Prints for each whether it is well, or what to do,
    and changes nothing. Exits with 0 if all is well, 1 with warnings, 2 if something does not work. Run it as root or
    as the user of what is examined."""
    from edge.system.doctor import examine, today
    from edge.system.machine_checks import Machine
    from edge.wire import doctor_findings

    examine_controller = entry_points(group=DOCTORS, name="controller")
    here = config is None and controller is None
    if here and examine_controller and CONTROLLER_CONFIG.exists():
        controller = CONTROLLER_CONFIG
    found: list[doctor_findings.Finding] = []
    if config is not None or controller is None or (here and CONFIG.exists()):
        found += examine(config or CONFIG, Machine(), today())
    if controller is not None:  # last: as root it goes on as the controller's user
        if not examine_controller:
            raise NotInstalled("doctor --controller", "controller")
        found += next(iter(examine_controller)).load()(controller, limit)
    typer.echo(doctor_findings.as_json(found).decode() if as_json else doctor_findings.lines(found))
    raise typer.Exit(max(each.verdict for each in found))


def main() -> None:
    """The console script. A Hallkeeper error prints one sentence and sets the exit code: 2 configuration, 75 restart,
    otherwise 1."""
    try:
        app()
    except RestartWanted:
        sys.exit(EXIT_RESTART)
    except ConfigError as error:
        typer.echo(f"Configuration: {error}", err=True)
        sys.exit(EXIT_CONFIG)
    except EdgeError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(f"{error.filename}: {error.strerror}. Check its name and its owner", err=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"controller", "edge", "firmware_sim"}:
            raise
        typer.echo(str(NotInstalled("edge", "edge", error.name)), err=True)
        sys.exit(1)
