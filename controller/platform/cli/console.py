"""Shared by commands on the controller's own machine: the configuration file, and errors in one line."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from controller.db.errors import words_of
from controller.db.instance_lock import DatabaseTaken
from controller.platform.backups.restic import BackupFault
from controller.platform.key_files import KeyFault
from controller.platform.preflight import require_database, require_files
from controller.platform.privileges import become_owner
from controller.platform.settings import ConfigError, Settings
from controller.platform.settings_file import load_settings
from controller.platform.web.problem import Problem

ConfigFile = Annotated[Path, typer.Option("--config", help="The controller's TOML file.", show_default=True)]
CONFIG = Path("/etc/hallkeeper/controller.toml")


def open_settings(config: Path, *, database: bool = True) -> Settings:
    """The settings for a command that works on the data folder, from here on as its owner; what they name is tried, the
    database too unless ``database`` is false. Raises ``ConfigError``."""
    settings = load_settings(config)
    become_owner(settings.data_dir)
    require_files(config, settings)
    if database:
        asyncio.run(require_database(config, settings))
    return settings


@contextmanager
def errors_on_one_line() -> Iterator[None]:
    """Turn errors that a person can fix into one line on standard error and exit code 2."""
    try:
        yield
    except (ConfigError, KeyFault, DatabaseTaken, BackupFault) as error:
        refuse(str(error))
    except Problem as error:
        refuse(error.detail)
    except (SQLAlchemyError, OSError) as error:
        if isinstance(error, OSError) and error.errno is None:  # a sentence of ours
            refuse(str(error))
        if isinstance(error, OSError):
            refuse(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        refuse(f"The database: {words_of(error)}")


def refuse(line: str) -> NoReturn:
    """Say why and end with exit code 2."""
    typer.echo(line, err=True)
    raise typer.Exit(2)
