"""A controller's data folder as the previous release left it: ``tests/data/previous`` says how it was made."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

PREVIOUS = Path(__file__).parents[2] / "data" / "previous"
REVISION = "0032"
KEYS: dict[str, str] = json.loads((PREVIOUS / "keys.json").read_text())


def write_previous(data: Path) -> Path:
    """Fill a folder; the database's file."""
    (data / "keys").mkdir(parents=True, mode=0o700)
    for name in ("controller.key", "page.key", "code.key"):
        key = data / "keys" / name
        key.write_bytes(bytes.fromhex(KEYS[name]))
        key.chmod(0o600)
    file = data / "hallkeeper.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript((PREVIOUS / "database.sql").read_text())
    return file


def rows(file: Path) -> dict[str, int]:
    """How many each table has."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
