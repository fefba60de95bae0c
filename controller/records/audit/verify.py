"""Checks every chain of a database against its signed heads and those that were kept outside."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from controller.db.engine import Database
from controller.records.audit import repository
from controller.records.audit.hash_chain import AuditFault, AuditHead, ChainCheck


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """``rows``: how many were checked, ``chains``: in how many chains. ``waiting``: rows that are not sealed yet.
    ``cuts``: by chain, up to which place retention has deleted its rows. ``first_kept``: by chain, when its first row
    is of."""

    rows: int
    chains: int
    waiting: int
    cuts: Mapping[str, int]
    first_kept: Mapping[str, datetime]
    faults: tuple[AuditFault, ...]


async def verify(
    database: Database,
    keys: Mapping[str, Ed25519PublicKey],
    outside: Sequence[AuditHead],
    *,
    keeps_since: datetime | None = None,
) -> Verification:
    """Check all chains in one state of the database. ``outside``: heads that were kept elsewhere, of any age.
    ``keeps_since``: rows that were sealed after this should not have been deleted yet; ``None``: nobody knows."""
    by_chain: dict[str, list[AuditHead]] = defaultdict(list)
    for head in outside:
        by_chain[head.chain].append(head)
    faults: list[AuditFault] = []
    first_kept: dict[str, datetime] = {}
    rows = 0
    async with database.read() as tx:
        heads = await repository.heads(tx)
        names = sorted({*heads, *by_chain, *await repository.chains(tx)})
        for name in names:
            check = ChainCheck(name, heads.get(name), by_chain[name], keys, keeps_since=keeps_since)
            async for row in repository.chain(tx, name):
                check.row(row)
            check.end()
            faults += check.faults
            rows += check.rows
            if check.first_at is not None:
                first_kept[name] = check.first_at
        waiting = await repository.waiting(tx)
    cuts = {name: head.cut_seq for name, head in heads.items() if head.cut_seq}
    return Verification(
        rows=rows, chains=len(names), waiting=waiting, cuts=cuts, first_kept=first_kept, faults=tuple(faults)
    )
