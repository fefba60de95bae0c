"""Which state of a thing somebody has read, so that what another has changed since is not overwritten unseen."""

import hashlib
from datetime import datetime

import msgspec

from controller.db.engine import Tx
from controller.people import repository
from controller.people.model import Write
from controller.platform.web.problem import Conflicting

_BYTES = 6
"""Of the digest: any number of so many bytes is exact in JSON."""


_ACTS = {"make": "made", "delete": "deleted"}


class VersionStale(Conflicting):
    """``last``: the write that conflicts, where it is known."""

    kind = "stale"
    title = "Somebody else changed it"

    def __init__(self, thing: str, last: Write | None) -> None:
        who = "" if last is None else f": {last.actor} {_ACTS.get(last.act, 'changed')} it at {_time(last.at)}"
        super().__init__(f"another has changed {thing} since you read it{who}; read it again and repeat your change")


def version_of(value: object | None, *, blank: object = None) -> int:
    """A number for the state of a thing, another one after a change; 0 for what is not there, or as ``blank`` as what
    nobody has set."""
    if value is None or value == blank:
        return 0
    digest = hashlib.sha256(msgspec.json.encode(value, order="deterministic")).digest()
    return int.from_bytes(digest[:_BYTES], "big") or 1


async def require_version(tx: Tx, version: int, current: int, *, site: str | None, thing: str) -> None:
    """Raises ``VersionStale`` unless the version that the client read is the current one. ``thing``: its name in the
    audit log; the site's file may also have changed it."""
    if version != current:
        raise VersionStale(thing, await repository.last_write(tx, site=site, thing=thing))


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
