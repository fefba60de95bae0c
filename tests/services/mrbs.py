"""MRBS, the Meeting Room Booking System (GPL), from the folder of an unpacked release: on PHP behind nginx, as it is
run. Nothing of it is in the source tree, and the folder is only read.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from string import Template
from typing import NamedTuple

import httpx

from tests.services.nginx import PHP, nginx
from tests.services.postgres import PostgresServer
from tests.services.process import Service, program

ZONE = "Europe/London"
_FPM = Path(__file__).with_name("php-fpm.conf")
_CONFIG = """<?php
declare(strict_types=1);
namespace MRBS;
require_once 'lib/autoload.inc';
$timezone = '{zone}';
$dbsys = 'pgsql';
$db_host = '127.0.0.1';
$db_port = {port};
$db_database = '{database}';
$db_login = 'postgres';
$db_password = '';
$db_tbl_prefix = 'mrbs_';
$db_persist = false;
"""
_BUTTONS = {"submit", "button", "reset", "image", "file"}
_SECONDS = 3600


class Mrbs(NamedTuple):
    """php-fpm's first process, nginx's, and where it answers."""

    php_pid: int
    nginx_pid: int
    address: str


def version(release: Path) -> str:
    """What a release calls itself."""
    said = re.search(r"\$mrbs_version_number\s*=\s*[\"']([^\"']+)", (release / "web/version_num.inc").read_text())
    assert said is not None
    return said[1]


@contextmanager
def mrbs(release: Path, folder: Path, server: PostgresServer, url: str) -> Iterator[Mrbs]:
    """``url``: of a database of ``server`` with MRBS's tables. PHP has its opcode cache, as Debian has it."""
    root, socket = folder / "mrbs", folder / "php-fpm.sock"
    shutil.copytree(release / "web", root)
    database = url.rpartition("/")[2]
    (root / "config.inc.php").write_text(_CONFIG.format(zone=ZONE, port=server.port, database=database))
    config = folder / "php-fpm.conf"
    user = "user = root\ngroup = root" if os.getuid() == 0 else ""
    config.write_text(Template(_FPM.read_text()).substitute(user=user, socket=socket))
    php = _php_fpm()
    modules = subprocess.run([php, "-m"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert "Zend OPcache" in modules.stdout
    service = Service(
        "php-fpm",
        [php, "--nodaemonize", "--allow-to-run-as-root", "--fpm-config", str(config)],
        log=folder / "php-fpm.log",
        ready=socket.exists,
        orphan_signal=signal.SIGTERM,
    )
    try:
        service.start()
        with nginx(folder, PHP.format(root=root, socket=socket)) as web:
            yield Mrbs(service.pid, web.pid, web.address)
    finally:
        service.stop()


def _php_fpm() -> str:
    names = sorted(path.name for path in Path("/usr/sbin").glob("php-fpm[0-9]*"))
    return program(names[-1] if names else "php-fpm", package="php-fpm")


class Person:
    """Somebody who has signed in, with a session and a connection of their own."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._form: list[tuple[str, str]] = []

    @classmethod
    async def sign_in(cls, address: str, user: str, password: str) -> "Person":
        client = httpx.AsyncClient(base_url=address, timeout=60)
        page = await client.get("/admin.php")
        form = dict(fields(page.text, "logon"))
        answer = await client.post("/admin.php", data=form | {"username": user, "password": password})
        assert answer.status_code == 302, answer.text
        return cls(client)

    async def add_area(self, name: str) -> None:
        """As its page for administrators does."""
        page = await self._client.get("/admin.php")
        form = dict(fields(page.text, "add_area"))
        answer = await self._client.post("/add.php", data=form | {"name": name})
        assert answer.status_code == 302, answer.text

    async def open_form(self, room: int, day: datetime) -> None:
        """Get the page for a new booking, whose fields ``book`` sends."""
        when = {"year": day.year, "month": day.month, "day": day.day, "hour": day.hour, "minute": 0}
        page = await self._client.get("/edit_entry.php", params={"view": "day", "room": room, **when})
        self._form = fields(page.text, "main")
        assert self._form, page.text

    async def book(self, room: int, starts: datetime, ends: datetime) -> bool:
        """Send the form for another time, in ZONE and within one day; whether it was accepted."""
        said = {
            "name": "Choir",
            "start_date": starts.date().isoformat(),
            "start_seconds": str(starts.hour * _SECONDS),
            "end_date": ends.date().isoformat(),
            "end_seconds": str(ends.hour * _SECONDS),
            "rooms[]": str(room),
            "save_button": "Save",
        }
        sent = {name: value for name, value in self._form if name not in said} | said
        answer = await self._client.post("/edit_entry_handler.php", data=sent)
        assert answer.status_code == 302 or "conflict" in answer.text.lower(), answer.text
        return answer.status_code == 302

    async def close(self) -> None:
        await self._client.aclose()


def fields(page: str, form: str) -> list[tuple[str, str]]:
    """Names and values that a browser would send of the form with this id as it stands, without its buttons."""
    reader = _FormReader(form)
    reader.feed(page)
    return reader.found


class _FormReader(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._form = form
        self._inside = False
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = has.get("id") == self._form
        if not self._inside:
            return
        name = None if "disabled" in has else has.get("name")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in has:
            self.found.append((self._select, has["value"]))
        elif tag == "textarea" and name:
            self.found.append((name, ""))
        elif tag == "input" and name and has.get("type") not in _BUTTONS:
            box = has.get("type") in {"checkbox", "radio"}
            if not box or "checked" in has:
                self.found.append((name, has.get("value", "on" if box else "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
