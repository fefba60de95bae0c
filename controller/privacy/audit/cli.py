"""``hallkeeper audit``: reads the audit log over HTTP, and checks it on the controller's own machine."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.db.engine import Database
from controller.db.instance_lock import hold
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line, open_settings, refuse
from controller.platform.key_files import load_keys
from controller.platform.preflight import load_clock
from controller.privacy.audit.model import AuditEntry
from controller.records.audit.audit_log import Origin, Source, set_origin
from controller.records.audit.hash_chain import AuditHead, HeadsFile
from controller.records.audit.sealer import HEADS, AuditSealer, public_keys
from controller.records.audit.verify import Verification
from controller.records.audit.verify import verify as verify_chains


class _Page(msgspec.Struct, frozen=True):
    items: list[AuditEntry]


app = command_group("Who did what, when and from where.")


@app.command("list")
@takes_client
def list_rows(
    caller: ApiClient,
    who: Annotated[str, typer.Option(help="A user's name or id, or another actor, such as edge:ramsey/pi.")] = "",
    act: Annotated[str, typer.Option(help="What was done, such as unlock.")] = "",
    site: Annotated[str, typer.Option(help="The site, such as ramsey.")] = "",
    thing: Annotated[str, typer.Option(help="How the thing's name begins, such as door.")] = "",
    from_: Annotated[str, typer.Option("--from", help="A date, or a time in UTC.")] = "",
    until: Annotated[str, typer.Option(help="Before this date, or time in UTC.")] = "",
    limit: Annotated[int, typer.Option(help="How many rows.", min=1, max=500)] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, up to 10,000 rows.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file for --csv, instead of the screen.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the newest rows first. That you read them is recorded."""
    asked = {"who": who, "act": act, "site": site, "thing": thing, "from": from_, "until": until}
    query = {name: value for name, value in asked.items() if value}
    if as_csv:
        caller.download("/audit.csv", "text/csv", out, **query)
        return
    items = caller.ask("/audit", _Page, as_json=as_json, limit=str(limit), **query).items
    rows = ((output.moment(each.at), _who(each), each.act, each.site or "", each.thing, each.reason) for each in items)
    if not output.show(caller.console, ("When (UTC)", "Who", "Act", "Site", "Thing", "Reason"), rows):
        caller.say("No such rows.")


def _who(row: AuditEntry) -> str:
    name = row.user or row.user_id or ""
    return f"{name} ({row.actor})" if name and row.actor else name or row.actor


@app.command()
def verify(
    heads: Annotated[
        list[Path] | None,
        typer.Option(help="Heads kept outside, from a backup or an auditor's mail; several times."),
    ] = None,
    config: ConfigFile = CONFIG,
) -> None:
    """Check that no row was changed, removed or inserted, on the controller's machine. Exit code 1 if one was."""
    with errors_on_one_line():
        settings = open_settings(config)
        own = settings.data_dir / HEADS
        outside = [head for file in [*(heads or []), *([own] if own.exists() else [])] for head in _heads(file)]
        keys = public_keys(load_keys(settings.data_dir))
        keeps_since = load_clock(config, settings).now() - timedelta(days=settings.retention.audit)

        async def check() -> Verification:
            database = Database(settings.database_url)
            try:
                return await verify_chains(database, keys, outside, keeps_since=keeps_since)
            finally:
                await database.close()

        found = asyncio.run(check())
    for fault in found.faults:
        typer.echo(f"{fault.chain or 'estate'}: {fault.text}", err=True)
    waiting = f"; {found.waiting} are not sealed yet" if found.waiting else ""
    for chain, seq in found.cuts.items():
        at = found.first_kept.get(chain)
        first = "none is kept" if at is None else f"the first row kept is of {at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{chain or 'estate'}: rows up to {seq} were deleted when their time was over; {first}.")
    typer.echo(f"{found.rows} rows in {found.chains} chains checked, {len(found.faults)} faults found{waiting}.")
    if found.faults:
        raise typer.Exit(1)


@app.command()
def sign(
    chain: Annotated[str, typer.Argument(help='The site whose chain is stopped; "estate" for the estate.')],
    reason: Annotated[str, typer.Option(help="What was found out; recorded in the audit log.")],
    config: ConfigFile = CONFIG,
) -> None:
    """Sign a stopped chain as it is, so that it goes on, on the controller's machine while the controller is stopped.
    What verify finds in it stays found."""
    with errors_on_one_line():
        settings = open_settings(config)
        clock, keys = load_clock(config, settings), load_keys(settings.data_dir)
        set_origin(Origin(source=Source.CONSOLE))

        async def sign_as_it_is() -> AuditHead | None:
            async with hold(settings.database_url, name="hallkeeper audit sign"):
                database = Database(settings.database_url)
                try:
                    sealer = AuditSealer(database, clock, keys, settings.data_dir)
                    name = "" if chain == "estate" else chain
                    return await sealer.sign_as_it_is(name, actor="hallkeeper audit sign", why=reason)
                finally:
                    await database.close()

        head = asyncio.run(sign_as_it_is())
    if head is None:
        refuse(f"the audit log of {chain} is not stopped")
    typer.echo(f"The audit log of {chain} is signed up to row {head.seq} and goes on. Keep the former {HEADS}.")


def _heads(file: Path) -> tuple[AuditHead, ...]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=HeadsFile).heads
    except msgspec.MsgspecError as error:
        refuse(f"{file} is not a file of heads: {error}")
