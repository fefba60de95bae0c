"""What the commands that run on the controller's own machine have in common: its file, and refusals in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from controller.instance_lock import DatabaseTaken
from controller.problem import Problem
from controller.secrets import KeyFault
from controller.settings import ConfigError

ConfigFile = Annotated[Path, typer.Option("--config", help="The controller's TOML file.", show_default=True)]
CONFIG = Path("/etc/hallkeeper/controller.toml")


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what a person can mend into one line on standard error and exit code 2."""
    try:
        yield
    except (ConfigError, KeyFault, DatabaseTaken) as error:
        refuse(str(error))
    except Problem as error:
        refuse(error.detail)
    except (SQLAlchemyError, OSError) as error:
        if isinstance(error, OSError) and error.errno is None:  # a sentence of ours
            refuse(str(error))
        refuse(f"{type(error).__name__}: {str(error).splitlines()[0]}")


def refuse(line: str) -> NoReturn:
    """Say why and end with exit code 2."""
    typer.echo(line, err=True)
    raise typer.Exit(2)
