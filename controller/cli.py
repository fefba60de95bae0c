"""``hallkeeper controller …``."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from controller.main import load_clock
from controller.main import run as run_controller
from controller.migrations import migrate as migrate_database
from controller.secrets import KeyFault
from controller.settings import EXAMPLE, ConfigError, load_settings

app = typer.Typer(help="The centre: diary, plans, history, pages.", no_args_is_help=True)

ConfigFile = Annotated[Path, typer.Option("--config", help="The controller's TOML file.", show_default=True)]
_DEFAULT = Path("/etc/hallkeeper/controller.toml")


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn what a person can mend into one line on standard error and exit code 2."""
    try:
        yield
    except (ConfigError, KeyFault) as error:
        _refuse(str(error))
    except (SQLAlchemyError, OSError) as error:
        _refuse(f"{type(error).__name__}: {str(error).splitlines()[0]}")


def _refuse(line: str) -> None:
    typer.echo(line, err=True)
    raise typer.Exit(2)


@app.command()
def run(config: ConfigFile = _DEFAULT) -> None:
    """Run the controller until it is told to stop."""
    with _plainly():
        code = run_controller(config)
    raise typer.Exit(code)


@app.command()
def init(
    config: ConfigFile = _DEFAULT,
    data_dir: Annotated[Path, typer.Option(help="Where keys and database will live.")] = Path("/var/lib/hallkeeper"),
) -> None:
    """Write an example configuration with every key explained."""
    with _plainly():
        config.parent.mkdir(parents=True, exist_ok=True)
        try:
            with config.open("x", encoding="utf-8") as file:
                file.write(EXAMPLE.replace("{data_dir}", str(data_dir)))
        except FileExistsError:
            _refuse(f"{config}: is there already; name another file with --config")
    typer.echo(f"Wrote {config}. Look through it, then: hallkeeper controller run --config {config}")


@app.command()
def migrate(config: ConfigFile = _DEFAULT) -> None:
    """Bring the database to the newest form. Starting the controller does it as well."""
    with _plainly():
        settings = load_settings(config)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        asyncio.run(migrate_database(settings.database_url))
    typer.echo("The database has the newest form.")


@app.command()
def check_config(config: ConfigFile = _DEFAULT) -> None:
    """Say whether the configuration can be used, and touch nothing."""
    with _plainly():
        settings = load_settings(config)
        load_clock(config, settings)
    typer.echo(f"{config} is sound: data in {settings.data_dir}, pages at {settings.address}")
