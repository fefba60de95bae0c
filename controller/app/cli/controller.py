"""``hallkeeper controller …``."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from controller.app.cli import backups, oidc, updates, users
from controller.app.lost_key_recovery import COSTS, lost_keys, make_new_keys
from controller.app.main import migrate_alone
from controller.app.main import run as run_controller
from controller.db.engine import Database
from controller.enrolment.broker_files import make_broker_files
from controller.enrolment.schemas import SigningKeyAnswer
from controller.platform.cli.client import ApiClient, command_group, takes_client
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line, open_settings, refuse
from controller.platform.preflight import load_clock, require_database, require_files, unanswered
from controller.platform.privileges import become_owner, share_config
from controller.platform.settings import DATA_DIR, Settings
from controller.platform.settings_file import EXAMPLE, load_settings
from controller.platform.web.fields import read_date
from controller.records.audit.audit_log import Origin, Source, set_origin
from controller.telemetry.history import first_midnight, write_again
from controller.telemetry.rollups.service import remake
from edge.wire.log_format import LogFormat

LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", envvar="HALLKEEPER_LOG_FORMAT", help="How log lines are written.")
]
app = command_group("The central server: diary, codes, plans, web pages.")
app.add_typer(users.app, name="user")
app.add_typer(oidc.app, name="oidc")
app.add_typer(updates.app, name="updates")
for command in (backups.backup, backups.backups, backups.restore):
    app.command()(command)


@app.command()
def run(config: ConfigFile = CONFIG, log_format: LogFormatOption = LogFormat.TEXT) -> None:
    """Run the controller until it is stopped."""
    with errors_on_one_line():
        code = run_controller(config, log_format)
    raise typer.Exit(code)


@app.command()
def init(
    config: ConfigFile = CONFIG,
    data_dir: Annotated[Path, typer.Option(help="Folder for keys and database.")] = DATA_DIR,
) -> None:
    """Write an example configuration with every key explained."""
    with errors_on_one_line():
        if not config.parent.exists():
            config.parent.mkdir(parents=True)
            config.parent.chmod(0o755)  # agent and controller of one Pi both read from it
        try:
            with config.open("x", encoding="utf-8") as file:
                file.write(EXAMPLE.replace("{data_dir}", str(data_dir)))
            share_config(config)
        except FileExistsError:
            refuse(f"{config} already exists; name another file with --config")
    typer.echo(f"Wrote {config}. Check it, then run: hallkeeper controller run --config {config}")


@app.command()
def migrate(config: ConfigFile = CONFIG) -> None:
    """Bring the database to the newest form. Starting the controller does it as well."""
    with errors_on_one_line():
        settings = open_settings(config)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        asyncio.run(migrate_alone(settings))
    typer.echo("The database is at the newest version.")


@app.command()
def broker_files(config: ConfigFile = CONFIG) -> None:
    """Make what a broker with TLS reads, before the controller first runs; it keeps them up to date by itself."""
    with errors_on_one_line():
        settings = open_settings(config, database=False)
        files = make_broker_files(settings)
    typer.echo(f"The broker's files are in {files}; docs/enrolment.md says where they go.")


@app.command()
def roll_up(
    site: Annotated[str, typer.Argument(help="The building's id.")],
    from_: Annotated[str, typer.Option("--from", help="The first day, such as 2026-11-01; else the oldest.")] = "",
    to: Annotated[str, typer.Option(help="The day after the last, such as 2026-12-01; else up to now.")] = "",
    config: ConfigFile = CONFIG,
) -> None:
    """Make a building's figures per 5 minutes, hour, day and month again from its events, also while the controller
    runs. Days whose events were deleted keep their figures."""
    with errors_on_one_line():
        settings = open_settings(config)
        first, last = (_day(text, name) for text, name in ((from_, "--from"), (to, "--to")))
        clock = load_clock(config, settings)
        asyncio.run(_roll_up(settings, site, first, last and last - timedelta(days=1), clock.now()))


async def _roll_up(settings: Settings, site: str, first: date | None, last: date | None, now: datetime) -> None:
    database = Database(settings.database_url)
    events = number = 0
    try:
        async for each in remake(database, site, first, last, now):
            events, number = events + each.events, each.number
            if number == each.days or number % 30 == 0:
                typer.echo(f"{each.day}: {number} of {each.days} days, {events} events")
    finally:
        await database.close()
    typer.echo(f"Rolled up {events} events of {number} days.")


@app.command()
def write_history(
    from_: Annotated[
        str, typer.Option("--from", help="The first day, from the building's midnight, as 2026-11-01; else the oldest.")
    ] = "",
    config: ConfigFile = CONFIG,
) -> None:
    """Have all samples written to InfluxDB again from the events that are kept, as after its bucket was lost or refused
    some. The running controller does it; what is there already stays one."""
    with errors_on_one_line():
        settings = open_settings(config)
        if settings.history.kind != "influx":
            refuse('history.kind is not "influx": samples are in the database')
        events = asyncio.run(_write_history(settings, _day(from_, "--from")))
    typer.echo(f"{events} events are written to InfluxDB again once the controller runs and hears of a new one.")


async def _write_history(settings: Settings, day: date | None) -> int:
    database = Database(settings.database_url)
    try:
        return await write_again(database, None if day is None else await first_midnight(database, day))
    finally:
        await database.close()


def _day(text: str, name: str) -> date | None:
    """The date of an option; None where none is given."""
    try:
        return read_date(text) if text else None
    except ValueError as error:
        refuse(f"{name} {error}")


@app.command()
@takes_client
def rotate_key(caller: ApiClient) -> None:
    """Rotate the key that signs plans and commands. Every edge gets it signed with the old one, which is deleted
    once all of them have done with it."""
    begun = caller.post("/signing-key/rotation", b"{}", "application/json", SigningKeyAnswer).begun
    caller.say(
        "The rotation has begun; doors go on working meanwhile." if begun else "A rotation is under way already."
    )


@app.command()
def new_keys(
    config: ConfigFile = CONFIG,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make other keys for a database whose own are lost for good. Says what that costs, and asks."""
    with errors_on_one_line():
        settings = open_settings(config)
        clock = load_clock(config, settings)
        wrong = asyncio.run(lost_keys(settings))
        if not wrong:
            typer.echo("The keys match the database; nothing to do.")
            return
        typer.echo(f"In {settings.data_dir / 'keys'}:")
        for name, fault in wrong.items():
            typer.echo(f"  {name} {fault}: {COSTS[name]}")
        if not yes:
            typer.confirm("Are the keys lost for good, also in every backup?", abort=True)
        set_origin(Origin(source=Source.CONSOLE))
        done = asyncio.run(make_new_keys(settings, clock, wrong))
    if done is not None:
        typer.echo(
            f"New codes for {done.bookings} bookings; {done.edges} edges must enrol again; "
            f"{done.holders} holders of cards and codes and {done.members} members must be entered again."
        )
    typer.echo("Start the controller, then let the edges in again with `hallkeeper edge token`.")


@app.command()
def check_config(config: ConfigFile = CONFIG) -> None:
    """Say whether the configuration can be used, trying what it names, and touch nothing. What does not answer but is
    not needed for a start is noted."""
    with errors_on_one_line():
        settings = load_settings(config)
        if settings.data_dir.exists():
            become_owner(settings.data_dir)
            load_settings(config)  # the service has to read it too
        require_files(config, settings)
        load_clock(config, settings)
        asyncio.run(require_database(config, settings))
        notes = asyncio.run(unanswered(settings))
    typer.echo(f"{config} is valid: data in {settings.data_dir}, pages at {settings.address}")
    for note in notes:
        typer.echo(f"Note: {note}")
