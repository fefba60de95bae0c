"""The hash chain of a site's rows, its signed head, and what is wrong with them. Pure.

The hash of a row is SHA-256 over the hash of the row before it and the row as JSON in its one form (names in order, no
spaces, UTF-8, times in UTC). Personal values stand in it as a salted digest only, so that they can be erased.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controller.records.audit.audit_log import digest_of, encoded
from edge.wire.envelope import key_id

START = bytes(32)
"""The hash before a chain's first row."""
_HEAD = b"hallkeeper audit head 1\0"


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log. ``chain``: its site, empty for the estate. ``seq``: its place there, from 1."""

    id: int
    at: datetime
    site: str | None
    user_id: str | None
    actor: str
    source: str
    act: str
    thing: str
    subject: str | None
    changes: str
    personal: str | None
    personal_digest: bytes
    sealed_at: datetime | None = None
    chain: str | None = None
    seq: int | None = None
    hash: bytes | None = None


class AuditHead(msgspec.Struct, frozen=True, kw_only=True):
    """The last row of a chain, as the controller signed it. Rows up to ``cut_seq`` were deleted when their time was
    over; the chain goes on from ``cut_hash``."""

    chain: str
    seq: int
    hash: bytes
    cut_seq: int = 0
    cut_hash: bytes = START
    sealed_at: datetime
    kid: str = ""
    signature: bytes = b""

    def signed(self, key: Ed25519PrivateKey) -> "AuditHead":
        kid = key_id(key.public_key())
        return msgspec.structs.replace(self, kid=kid, signature=key.sign(_signed_bytes(self)))

    def is_signed_by(self, keys: Mapping[str, Ed25519PublicKey]) -> bool:
        key = keys.get(self.kid)
        if key is None:
            return False
        try:
            key.verify(self.signature, _signed_bytes(self))
        except InvalidSignature:
            return False
        return True


class HeadsFile(msgspec.Struct, frozen=True, kw_only=True):
    """The heads of all chains, as they leave the database."""

    written_at: datetime
    heads: tuple[AuditHead, ...]


class AuditFault(msgspec.Struct, frozen=True, kw_only=True):
    """``seq``: the place in the chain; ``None`` for the chain as a whole."""

    chain: str
    seq: int | None
    text: str


def _signed_bytes(head: AuditHead) -> bytes:
    return (
        _HEAD
        + encoded(
            {
                "chain": head.chain,
                "seq": head.seq,
                "hash": head.hash.hex(),
                "cut_seq": head.cut_seq,
                "cut_hash": head.cut_hash.hex(),
                "sealed_at": head.sealed_at,
            }
        ).encode()
    )


def row_hash(previous: bytes, row: AuditRow) -> bytes:
    """The hash of a row that stands behind the one with the hash ``previous``."""
    kept = {
        name: getattr(row, name)
        for name in AuditRow.__struct_fields__
        if name not in {"personal", "personal_digest", "hash"}
    }
    return hashlib.sha256(previous + encoded(kept | {"personal": row.personal_digest.hex()}).encode()).digest()


def seal(
    rows: Iterable[AuditRow], head: AuditHead | None, chain: str, now: datetime
) -> tuple[list[AuditRow], AuditHead]:
    """Rows of one chain in their places behind its head, and the new head, not yet signed."""
    head = head or AuditHead(chain=chain, seq=0, hash=START, sealed_at=now)
    sealed: list[AuditRow] = []
    seq, previous = head.seq, head.hash
    for row in rows:
        seq += 1
        placed = msgspec.structs.replace(row, chain=chain, seq=seq, sealed_at=now)
        previous = row_hash(previous, placed)
        sealed.append(msgspec.structs.replace(placed, hash=previous))
    return sealed, msgspec.structs.replace(head, seq=seq, hash=previous, sealed_at=now)


def reason_to_stop(
    head: AuditHead | None,
    *,
    known: AuditHead | None,
    last: tuple[int, bytes] | None,
    at_known: bytes | None,
    keys: Mapping[str, Ed25519PublicKey],
) -> str | None:
    """Why nothing may be signed that rests on the head in the database; ``None`` where it is ours and no older than the
    one last signed. ``known``: that one, as memory or the file outside the database has it. ``last``: place and hash of
    the chain's last row. ``at_known``: hash of the row at the place of ``known``, if it is there."""
    if head is None:
        return "its head was removed from the database" if last or (known and known.seq) else None
    if head != known and not head.is_signed_by(keys):
        return "its head in the database does not have the controller's signature"
    if known is not None:
        if head.seq < known.seq or head.cut_seq < known.cut_seq:
            return f"its head in the database, for row {head.seq}, is older than that for row {known.seq}, signed last"
        at_known = head.hash if head.seq == known.seq else head.cut_hash if head.cut_seq == known.seq else at_known
        is_gone = known.seq < head.cut_seq
        other_cut = head.cut_seq == known.cut_seq and head.cut_hash != known.cut_hash
        if other_cut or (not is_gone and at_known != known.hash):
            return f"it was rewritten: row {known.seq} is not the one whose head was last signed"
    if last is None and head.seq == head.cut_seq:
        return None
    if last != (head.seq, head.hash):
        return f"its last row is not row {head.seq}, for which its head was signed"
    return None


def first_broken(rows: Iterable[AuditRow], head: AuditHead) -> int | None:
    """The first place at which the rows behind the head's cut do not follow from it; ``None`` where all do."""
    seq, previous = head.cut_seq, head.cut_hash
    for row in rows:
        seq += 1
        if row.seq != seq or row_hash(previous, row) != row.hash:
            return seq
        previous = row.hash
    return None


class ChainCheck:
    """Takes the rows of one chain in the order of their places and collects what is wrong. ``head``: that of the
    database. ``outside``: heads of the chain that were kept elsewhere, of any age; all of them are compared.
    ``keeps_since``: rows that were sealed after this should not have been deleted yet."""

    def __init__(
        self,
        chain: str,
        head: AuditHead | None,
        outside: Sequence[AuditHead],
        keys: Mapping[str, Ed25519PublicKey],
        *,
        keeps_since: datetime | None = None,
    ) -> None:
        self.faults: list[AuditFault] = []
        self.rows = 0
        self.first_at: datetime | None = None
        self._chain = chain
        self._head = head
        self._outside: dict[int, dict[bytes, AuditHead]] = defaultdict(dict)
        for each in outside:
            for place, hash_ in ((each.seq, each.hash), (each.cut_seq, each.cut_hash)):
                if place:
                    self._outside[place].setdefault(hash_, each)
        self._seq = head.cut_seq if head is not None else 0
        self._hash: bytes | None = head.cut_hash if head is not None else START
        self._left: list[int] = []
        if head is None:
            self._found(None, "its head was removed: nothing says how long the chain is")
        elif not head.is_signed_by(keys):
            self._found(None, "its head does not have the controller's signature: the chain may have been rewritten")
        self._compare_outside()
        if head is not None:
            self._compare_cut(head, outside, keeps_since)
        self._compare(self._seq, self._hash)

    def row(self, row: AuditRow) -> None:
        """The next one."""
        seq = row.seq or 0
        if self._head is not None and seq <= self._head.cut_seq:
            self._left.append(seq)
            return
        self.rows += 1
        self.first_at = self.first_at or row.at
        if seq > self._seq + 1:
            gone = f"row {self._seq + 1} was" if seq == self._seq + 2 else f"rows {self._seq + 1} to {seq - 1} were"
            self._found(self._seq + 1, f"{gone} removed")
            self._hash = None
        if self._head is not None and seq > self._head.seq:
            self._found(seq, f"row {seq} ({_named(row)}) was inserted behind the signed head")
        elif self._hash is not None and row_hash(self._hash, row) != row.hash:
            self._found(seq, f"row {seq} ({_named(row)}) was changed or inserted, or the row before it was")
        elif row.personal is not None and digest_of(row.personal) != row.personal_digest:
            self._found(seq, f"the personal values of row {seq} ({_named(row)}) were changed")
        self._seq, self._hash = seq, row.hash
        self._compare(seq, row.hash)

    def end(self) -> None:
        """There are no more rows."""
        if self._left:
            rows = f"rows {self._left[0]} to {self._left[-1]} are" if len(self._left) > 1 else f"row {self._left[0]} is"
            self._found(self._left[0], f"{rows} still there, though its head says that they were deleted")
        if self._head is not None and self._seq < self._head.seq:
            self._found(self._seq + 1, f"rows {self._seq + 1} to {self._head.seq} were removed from the end")
        elif self._head is not None and self._seq == self._head.seq and self._hash != self._head.hash:
            self._found(self._seq, f"row {self._seq} is not the one that the head was signed for")
        for seq in sorted(self._outside):
            if seq > self._seq:
                self._found(seq, f"a head kept outside says that there were {seq} rows; there are {self._seq} now")

    def _compare_outside(self) -> None:
        """With each other."""
        for seq, heads in sorted(self._outside.items()):
            if len(heads) > 1:
                when = " and ".join(f"{each.sealed_at:%Y-%m-%d %H:%M} UTC" for each in heads.values())
                text = f"the chain was rewritten: heads kept outside ({when}) do not agree on row {seq}"
                self._found(seq, text)

    def _compare_cut(self, head: AuditHead, outside: Sequence[AuditHead], keeps_since: datetime | None) -> None:
        early = [each for each in outside if keeps_since is not None and each.sealed_at > keeps_since]
        early = [each for each in early if 0 < each.seq <= head.cut_seq]
        if early:
            newest = max(early, key=lambda each: each.seq)
            at = f"{newest.sealed_at:%Y-%m-%d %H:%M} UTC"
            text = (
                f"rows up to {head.cut_seq} were deleted too early: row {newest.seq} was sealed on {at}, within the "
                "time for which rows are kept (retention.audit)"
            )
            self._found(newest.seq, text)
        if (most := max((each.cut_seq for each in outside), default=0)) > head.cut_seq:
            text = f"a head kept outside says that rows up to {most} were deleted; its head says {head.cut_seq}"
            self._found(most, text)

    def _compare(self, seq: int, hash_: bytes | None) -> None:
        for kept_hash, kept in self._outside.get(seq, {}).items():
            if seq and kept_hash != hash_:
                at = f"{kept.sealed_at:%Y-%m-%d %H:%M} UTC"
                text = f"the chain was rewritten: row {seq} is not the one whose head was kept outside at {at}"
                self._found(seq, text)

    def _found(self, seq: int | None, text: str) -> None:
        self.faults.append(AuditFault(chain=self._chain, seq=seq, text=text))


def _named(row: AuditRow) -> str:
    return f"{row.act}, {row.thing}, {row.at:%Y-%m-%d %H:%M} UTC"
