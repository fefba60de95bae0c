"""``hallkeeper controller backup``, ``backups`` and ``restore``."""

import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.db.backup import back_up as write_file
from controller.platform.backups.restic import BackupFault, Restic
from controller.platform.backups.restore import restore as put_back
from controller.platform.backups.service import back_up as store
from controller.platform.cli.client import AsJson
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line, open_settings, refuse
from controller.platform.cli.output import ID, moment, show
from controller.platform.preflight import load_clock
from controller.platform.settings import ConfigError, Settings
from controller.platform.settings_file import load_settings


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="One file instead of the repository, such as /mnt/backup/2026-11-26.tar.gz.")
    ] = None,
    config: ConfigFile = CONFIG,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="With FILE: store the keys in a separate place.")
    ] = False,
    new_repository: Annotated[
        bool, typer.Option("--new-repository", help="Begin a new repository where the one before is lost.")
    ] = False,
    if_set_up: Annotated[
        bool, typer.Option("--if-set-up", help="Do nothing where the settings name no repository.")
    ] = False,
) -> None:
    """Back up data folder and database, also while the controller runs: by restic to the repository of [backup] in the
    settings, encrypted and restored once to test it, or to one FILE. docs/restore.md says how it is put back."""
    if file is not None:
        _to_file(file, config, keys=not without_keys)
        return
    with errors_on_one_line():
        if if_set_up and not load_settings(config).backup.repository:
            typer.echo("No backups are set up; set repository and password_file under [backup] in the settings.")
            return
        settings = _set_up(config)
        clock = load_clock(config, settings)
        try:
            store(settings, clock, say=typer.echo, new_repository=new_repository)
        except BackupFault as fault:
            refuse(f"The backup failed: {fault}")


def _to_file(file: Path, config: Path, *, keys: bool) -> None:
    with errors_on_one_line():
        settings = load_settings(config)
        try:
            names = write_file(settings.data_dir, settings.database_url, file, keys=keys)
        except sqlite3.Error as error:
            refuse(f"the database cannot be read: {error}")
    typer.echo(f"Wrote {file}: {len(names)} files, {file.stat().st_size // 1024} kB.")
    if settings.database_url.get_backend_name() != "sqlite":
        typer.echo("The database is on PostgreSQL and not in it: back that up with pg_dump.")
    if keys:
        typer.echo("Anybody who has it knows every code and can sign for every door: keep it as safe as the keys.")


def backups(config: ConfigFile = CONFIG, as_json: AsJson = False) -> None:
    """List the backups in the repository, the oldest first."""
    with errors_on_one_line():
        settings = _set_up(config)
        try:
            found = Restic(settings.backup).snapshots()
        except BackupFault as fault:
            refuse(str(fault))
    if as_json:
        typer.echo(msgspec.json.encode({"items": found, "next": None}))
        return
    from rich.console import Console

    rows = [(each.id, moment(each.stored_at), each.machine) for each in found]
    if not show(Console(file=sys.stdout), (ID, "Stored (UTC)", "Machine"), rows):
        typer.echo("No backup has been made yet.")


def restore(
    snapshot: Annotated[str, typer.Argument(help="Which one, as `backups` lists them.")] = "latest",
    config: ConfigFile = CONFIG,
) -> None:
    """Restore a backup of the repository into an empty data folder, while the controller is stopped."""
    with errors_on_one_line():
        settings = _set_up(config)
        try:
            made = put_back(settings, snapshot, say=typer.echo)
        except BackupFault as fault:
            refuse(f"Nothing was restored: {fault}")
    typer.echo(f"Restored what there was on {moment(made.made_at)}. What was changed since then is not in it.")
    if not settings.backup.keys:
        typer.echo(f"The keys are not in it: copy them to {settings.data_dir / 'keys'} (folder mode 700, files 600).")
    typer.echo("Start the controller, then look at *Now* for what only the doors know: docs/restore.md.")


def _set_up(config: Path) -> Settings:
    """Settings that name a repository."""
    settings = open_settings(config, database=False)
    if not settings.backup.repository:
        raise ConfigError(config, "backup.repository", "is needed: a folder or a store, as docs/restore.md says")
    return settings
