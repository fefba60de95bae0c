"""The revisions that bring an older database to today's tables."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    from alembic.config import Config

FOLDERS = [Path(__file__).parent / "versions"]
"""Where the revisions are."""


def newest_revision() -> str:
    """The revision of the last migration, by the numbers that their files begin with."""
    return max(known_revisions())


def known_revisions() -> set[str]:
    """Every revision, by the numbers that their files begin with."""
    return {file.name.partition("_")[0] for folder in FOLDERS for file in folder.glob("[0-9]*_*.py")}


async def stored_revision(connection: AsyncConnection) -> str | None:
    """The revision of a database; ``None`` where it has no tables of ours."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())


def alembic_config(connection: Connection) -> "Config":
    """Alembic's settings without a file; ``connection`` is what ``env.py`` works on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("version_locations", os.pathsep.join(map(str, FOLDERS)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
