"""What is asked of the audit log and what it answers. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rows. ``who``: a user's id or name, or what acted instead, such as "edge:ramsey/pi". ``thing``: how the
    thing's name begins. ``site``: empty for all. From ``from_`` to before ``until``."""

    who: str = ""
    act: str = ""
    site: str = ""
    thing: str = ""
    from_: datetime | None = None
    until: datetime | None = None


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it is read. ``user``: the name, empty once erased. ``actor``: what acted, where that is no user.
    ``address``, ``reason`` and the personal ones of ``changes`` are gone once ``erased``. ``changes``: field ->
    before and after. ``seq``: its place in the chain of its site, once it is sealed."""

    id: int
    at: datetime
    site: str | None
    user_id: str | None
    user: str
    actor: str
    source: str
    address: str
    act: str
    thing: str
    reason: str
    changes: Mapping[str, Any]
    erased: bool
    seq: int | None
