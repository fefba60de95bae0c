"""Checks what a configuration names: folders, files, the clock, the database, and servers on the network."""

import asyncio
import os
import pwd
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import server_of
from controller.db.errors import words_of
from controller.platform.settings import ConfigError, Settings
from edge.wire.clock import Clock, clock_from
from edge.wire.errors import WireError

CONNECT_S = 5.0


def load_clock(config: Path, settings: Settings) -> Clock:
    """The clock of the settings. Raises ``ConfigError``."""
    if settings.clock_file is None:
        return clock_from(None)
    try:
        return clock_from(settings.clock_file.read_bytes())
    except (OSError, WireError, ValueError) as error:
        raise ConfigError(config, "clock_file", f"{settings.clock_file}: {error}") from error


def require_files(file: Path, settings: Settings) -> None:
    """Raises ``ConfigError`` for a data folder that cannot be written, or a secret's file that cannot be read."""
    data_dir = settings.data_dir
    placed = next(each for each in (data_dir, *data_dir.parents) if each.exists())
    if not placed.is_dir():
        raise ConfigError(
            file, "data_dir", f"{placed} is not a folder; name a folder, or a path where one can be created"
        )
    if not os.access(placed, os.R_OK | os.W_OK | os.X_OK if placed == data_dir else os.W_OK | os.X_OK):
        owner = _owner(placed)
        raise ConfigError(
            file,
            "data_dir",
            f"{placed} belongs to {owner} and cannot be written by {_us()}; run this as {owner}, "
            f"or chown -R {_us()} {placed}",
        )
    for key, secret in _secrets(settings):
        try:
            text = secret.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigError(
                file, key, f"{secret} cannot be read by {_us()} ({why}); chown it to them, with mode 600"
            ) from error
        if not text.strip():
            raise ConfigError(file, key, f"{secret} is empty; write the secret into it, in one line")


def _secrets(settings: Settings) -> Iterator[tuple[str, Path]]:
    for key, secret in (
        ("broker.password_file", settings.broker.password_file),
        ("history.token_file", settings.history.token_file),
        ("sip2.password_file", settings.sip2.password_file),
        ("backup.password_file", settings.backup.password_file),
        ("backup.environment_file", settings.backup.environment_file),
        *(("oidc.client_secret_file", each.client_secret_file) for each in settings.oidc),
    ):
        if secret is not None:
            yield key, secret


def _us() -> str:
    return _user(os.geteuid())


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _owner(path: Path) -> str:
    return _user(path.stat().st_uid)


async def require_database(file: Path, settings: Settings) -> None:
    """Raises ``ConfigError`` where there is no way to the database; makes none."""
    url = settings.database_url
    if url.get_backend_name() == "sqlite":
        _require_sqlite(file, Path(url.database or ""), "data_dir" if settings.database is None else "database")
        return
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": CONNECT_S})
    try:
        async with engine.connect():
            pass
    except (SQLAlchemyError, OSError) as error:
        raise ConfigError(
            file,
            "database",
            f"{server_of(url)}{f':{url.port}' if url.port else ''}/{url.database} cannot be used ({_why(error)}); "
            "is PostgreSQL running, and are host, name, user and password right?",
        ) from error
    finally:
        await engine.dispose()


def _require_sqlite(file: Path, database: Path, key: str) -> None:
    if not database.exists():
        if key == "database" and not (database.parent.is_dir() and os.access(database.parent, os.W_OK | os.X_OK)):
            raise ConfigError(file, key, f"no database can be made in {database.parent}; make the folder, for {_us()}")
        return
    try:
        with sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True) as connection:
            connection.execute("PRAGMA schema_version")
        connection.close()
    except sqlite3.Error as error:
        raise ConfigError(
            file, key, f"{database} cannot be used ({error}); correct its owner, or put a backup in its place"
        ) from error


def _why(error: Exception) -> str:
    if isinstance(error, SQLAlchemyError):
        return words_of(error)
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)  # asyncio says only that the call failed
    return str(error)


async def unanswered(settings: Settings) -> list[str]:
    """What does not answer now and may do so later, since the controller starts without it: key, address and why."""
    broker, history, sip2 = settings.broker, settings.history, settings.sip2
    asked = [("broker.host", broker.host, broker.port)]
    if history.kind == "influx" and history.url is not None:
        influx = urlsplit(history.url)
        asked.append(("history.url", influx.hostname or "", influx.port or (443 if influx.scheme == "https" else 80)))
    if sip2.host:
        asked.append(("sip2.host", sip2.host, sip2.port))
    answers = await asyncio.gather(*(_answer(host, port) for _, host, port in asked))
    found = [
        f"{key}: {host}:{port} does not answer ({why})"
        for (key, host, port), why in zip(asked, answers, strict=True)
        if why
    ]
    if taken := _taken(settings.listen.host, settings.listen.port):
        found.append(f"listen: {settings.listen.host}:{settings.listen.port} is not free ({taken})")
    return found


async def _answer(host: str, port: int) -> str | None:
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        return _why(error)
    writer.close()
    return None


def _taken(host: str, port: int) -> str | None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        return error.strerror or str(error)
    return None
