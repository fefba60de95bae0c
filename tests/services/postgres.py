"""A PostgreSQL server of the test run's own: no fsync unless asked for, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from firmware_sim.ports import free_port
from tests.services.memory import in_memory
from tests.services.process import Service, ServiceFailed, program

_PACKAGE = "postgresql"
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
_END = "-- that was all --"
_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


def _binary(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name))
    return program(name, package=_PACKAGE, folders=folders[::-1])


def _works_in(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    except OSError:  # it is gone, or another's
        return None


class PostgresServer:
    """One server; databases are cheap copies of a template. Runs as user postgres when we are root.

    ``durable``: what is committed would survive a power cut, as with PostgreSQL's own settings.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="hallkeeper-postgres-", dir=None if durable else in_memory()))
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._templates: dict[str, str] = {}
        self._made = 0
        self._psql: subprocess.Popen[str] | None = None
        settings = {
            **_SETTINGS,
            **({} if durable else _CARELESS),
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._service = Service(
            "postgres",
            [_binary("postgres"), "-D", str(self._folder / "data"), *options],
            log=self._folder / "postgres.log",
            ready=self._answers,
            user=self._user,
            stop_signal=signal.SIGINT,
        )

    @property
    def pid(self) -> int:
        return self._service.pid

    def start(self) -> None:
        """Make the cluster if there is none yet, start it, wait until it answers."""
        data = self._folder / "data"
        if not data.exists():
            argv = [_binary("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            self._tool(*argv, "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        self._service.start()

    def standby(self) -> "PostgresServer":
        """A copy of this durable server, started, that follows it: from now on a commit here returns once both have it.
        ``promote`` makes a server of its own of it."""
        standby = PostgresServer(durable=True)
        copy = ["-D", str(standby._folder / "data"), "-R", "-X", "stream", "-c", "fast"]
        try:
            standby._tool(_binary("pg_basebackup"), *copy, "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        except ServiceFailed:
            standby.stop()
            raise
        standby.start()
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql("SELECT pg_reload_conf()")
        return standby

    def controllers(self) -> int:
        """The connections of controllers to it, but for what waits there for a standby that does not confirm."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'hallkeeper%'"
        return int(self.sql(f"{query} AND wait_event IS DISTINCT FROM 'SyncRep'"))

    def promote(self) -> None:
        """A standby takes writes from now on."""
        self.sql("SELECT pg_promote()")

    def pause(self) -> None:
        """Freeze it, so that new connections hang; those there are go on."""
        self._service.pause()

    def resume(self) -> None:
        self._service.resume()

    def stop(self) -> None:
        """End the server and delete its cluster."""
        self._hang_up()
        self._service.stop()
        shutil.rmtree(self._folder)

    def kill(self) -> None:
        """kill -9; returns once its processes have noticed, until when it cannot be started again."""
        self._service.kill()
        self._hang_up()
        data = self._folder / "data"
        while any(_works_in(each) == data for each in Path("/proc").glob("[0-9]*")):
            time.sleep(0.01)

    def url(self, database: str) -> str:
        """SQLAlchemy URL of a database of this server."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def url_with(self, standby: "PostgresServer", database: str) -> str:
        """Address of a database of this server and its standby, as the settings take it."""
        hosts = f"host=127.0.0.1:{self.port}&host=127.0.0.1:{standby.port}"
        return f"postgresql+asyncpg://postgres@/{database}?{hosts}&target_session_attrs=read-write"

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Name of a template database that `build(url)` filled; built once for each name.

        `build` must have closed its connections when it returns.
        """
        if name not in self._templates:
            database = f"template_{len(self._templates)}"
            self.sql(f'CREATE DATABASE "{database}"')
            build(self.url(database))
            self._templates[name] = database
        return self._templates[name]

    def create(self, template: str = "template1") -> str:
        """URL of a fresh database, copied from a template."""
        self._made += 1
        database = f"test_{self._made}"
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(database)

    def run_file(self, url: str, file: Path) -> None:
        """Run a file of statements as superuser in a database, all of them or none."""
        where = url.replace("+asyncpg", "")
        argv = [_binary("psql"), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(file), where]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServiceFailed(f"postgres refused {file}: {done.stderr.strip()}")

    def drop(self, url: str) -> None:
        """Drop a database, even while clients are connected."""
        self.sql(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')

    def sql(self, statement: str) -> str:
        """Run one statement as superuser in the database `postgres`; its rows, one a line."""
        psql = self._psql or self._connect()
        assert psql.stdin is not None
        assert psql.stdout is not None
        psql.stdin.write(f"{statement}\n;\n\\echo {_END}\n")
        psql.stdin.flush()
        lines: list[str] = []
        for line in psql.stdout:
            if line.rstrip("\n") == _END:
                return "".join(lines)
            lines.append(line)
        self._hang_up()
        raise ServiceFailed(f"postgres refused {statement!r}: {''.join(lines).strip()}")

    def _tool(self, *argv: str) -> None:
        """Run a program as the owner of the cluster. Raises ServiceFailed."""
        done = subprocess.run(
            argv,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServiceFailed(f"{argv[0]} failed: {done.stderr.strip()}")

    def _connect(self) -> "subprocess.Popen[str]":
        """One psql for all statements, which ends at the first that is refused."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        self._psql = subprocess.Popen(
            [_binary("psql"), "-X", "-A", "-t", "-q", *where, "-v", "ON_ERROR_STOP=1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self._psql

    def _hang_up(self) -> None:
        psql, self._psql = self._psql, None
        if psql is not None:
            psql.communicate()

    def _answers(self) -> bool:
        argv = [_binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode == 0


@contextmanager
def primary_and_standby() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A durable primary, and the synchronous standby that follows it. A test may kill or promote either."""
    primary = PostgresServer(durable=True)
    try:
        primary.start()
        standby = primary.standby()
        try:
            yield primary, standby
        finally:
            standby.stop()
    finally:
        primary.kill()
        primary.stop()


async def port_of(tx: AsyncConnection) -> int:
    """The port of the server that answers."""
    found: int = (await tx.execute(text("SELECT inet_server_port()"))).scalar_one()
    return found
