"""A controller's files as its doctor finds them, and what is wrong with them."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from controller.app.doctor.examination import examine
from controller.db.engine import Database, Tx
from edge.wire.doctor_findings import Finding, Severity, as_json, lines
from firmware_sim.ports import free_port

OF_THIS_MACHINE = {"clock", "service", "disk", "growth", "battery clock"}
"""Findings about the machine that the tests run on."""


class DoctorPlace:
    """``folder`` has a database and its keys. ``sections``: by name, the lines of the configuration."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.config = folder.parent / f"{folder.name}.toml"
        self.head = (
            f'data_dir = "{folder}"\ndatabase = "{database.replace("+aiosqlite", "").replace("+asyncpg", "")}"\n'
        )
        self.sections = {"listen": f"port = {free_port()}", "broker": f"port = {free_port()}"}
        self.url = database

    def write(self) -> None:
        text = self.head + "".join(f"[{name}]\n{lines}\n" for name, lines in self.sections.items())
        self.config.write_text(text)
        self.config.chmod(0o640)

    def findings(self, limit_s: float = 30.0) -> list[Finding]:
        """Those of this machine are left out."""
        self.write()
        every = examine(self.config, limit_s)
        assert [each.thing for each in every if each.verdict is not Severity.OK and not each.hint] == []
        assert {each.side for each in every} == {"controller"}
        return [each for each in every if each.thing not in OF_THIS_MACHINE]

    def wrong(self, limit_s: float = 30.0) -> dict[str, str]:
        """What is not well: thing -> verdict and words."""
        return {each.thing: each.line() for each in self.findings(limit_s) if each.verdict is not Severity.OK}

    def told(self) -> bytes:
        found = self.findings()
        return lines(found).encode() + as_json(found)

    def state(self) -> dict[str, tuple[str, int, int]]:
        """Of each file what is in it, its rights, and when it was written."""
        return {
            str(file.relative_to(self.folder)): (
                hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "",
                file.stat().st_mode,
                file.stat().st_mtime_ns,
            )
            for file in sorted(self.folder.rglob("*"))
        }

    def sql(self, statement: str) -> None:
        """On SQLite."""
        with closing(sqlite3.connect(self.folder / "hallkeeper.db")) as database:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute(statement)
            database.commit()

    async def change(self, *statements: object) -> None:
        """On either database."""
        database = Database(self.url)

        async def change(tx: Tx) -> None:
            for each in statements:
                await tx.execute(each)  # type: ignore[call-overload]

        await database.run(change)
        await database.close()
