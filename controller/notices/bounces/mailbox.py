"""The mailbox in which mails arrive that could not be delivered (IMAP, RFC 3501). Blocking: call it on a thread."""

import contextlib
import imaplib
import re
import ssl
from typing import Any

import msgspec

from controller.platform.settings import BouncesSection

TIMEOUT_S = 20.0
"""How long the server may take for each of its replies."""
LARGEST = 256 * 1024
"""Bytes of a mail that are read: a report is at its start."""
MAILBOX_ERRORS = (imaplib.IMAP4.error, OSError, ValueError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class StoredMail(msgspec.Struct, frozen=True, kw_only=True):
    """``raw``: the first ``LARGEST`` bytes of it. ``size``: of all of it."""

    uid: int
    raw: bytes
    size: int


class BounceMailbox:
    """Every method raises ``MAILBOX_ERRORS`` where the server is not to be had or refuses."""

    def __init__(self, settings: BouncesSection) -> None:
        self._settings = settings
        self._connection: imaplib.IMAP4 | None = None

    def open(self) -> None:
        """Sign in and choose the folder."""
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.security == "tls":
            self._connection = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=TIMEOUT_S)
        else:
            self._connection = imaplib.IMAP4(settings.host, settings.port, timeout=TIMEOUT_S)
            self._connection.starttls(context)
        assert settings.password_file is not None
        password = settings.password_file.read_text(encoding="utf-8").strip()
        self._connection.login(settings.username, password)
        self._asked("SELECT", *self._connection.select(_quoted(settings.folder)))

    def unread(self, limit: int, *, after: int = 0) -> list[StoredMail]:
        """The first mails that nobody has read, in the order of their numbers. They stay unread."""
        assert self._connection is not None
        [found, *_] = self._asked("SEARCH", *self._connection.uid("SEARCH", "UNSEEN", "UNDELETED"))
        uids = [int(each) for each in found.split()] if isinstance(found, bytes) else []
        return [self._fetched(uid) for uid in sorted(each for each in uids if each > after)[:limit]]

    def _fetched(self, uid: int) -> StoredMail:
        assert self._connection is not None
        wanted = f"(RFC822.SIZE BODY.PEEK[]<0.{LARGEST}>)"
        answer = self._asked("FETCH", *self._connection.uid("FETCH", str(uid), wanted))
        for each in answer:
            if isinstance(each, tuple):
                size = _SIZE.search(b" ".join(part for part in answer if isinstance(part, bytes)) + each[0])
                return StoredMail(uid=uid, raw=each[1], size=int(size[1]) if size else len(each[1]))
        return StoredMail(uid=uid, raw=b"", size=0)  # somebody deleted it meanwhile

    def finish(self, *, done: list[int], left: list[int]) -> None:
        """Delete mails that were understood, since addresses are in them; leave the others to people, as read."""
        assert self._connection is not None
        connection = self._connection
        if left:
            self._asked("STORE", *connection.uid("STORE", _listed(left), "+FLAGS.SILENT", r"(\Seen)"))
        if done:
            self._asked("STORE", *connection.uid("STORE", _listed(done), "+FLAGS.SILENT", r"(\Deleted)"))
            if "UIDPLUS" in connection.capabilities:
                self._asked("EXPUNGE", *connection.uid("EXPUNGE", _listed(done)))
            else:
                self._asked("EXPUNGE", *connection.expunge())

    def close(self) -> None:
        """Leave the server. Idempotent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*MAILBOX_ERRORS):
                connection.logout()

    def abort(self) -> None:
        """End the connection at once, from another thread too: what waits for the server fails."""
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown()

    def _asked(self, command: str, answer: str, data: list[Any]) -> list[Any]:
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{command}: {data[0]!r}")
        return data


def _listed(uids: list[int]) -> str:
    return ",".join(map(str, uids))


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
