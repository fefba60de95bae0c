"""Documents of parties and what was seen for safeguarding: written, read, deleted, each on the record."""

import asyncio
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.people import party_repository
from controller.people.documents import repository
from controller.people.documents.model import (
    ENDINGS,
    LARGEST,
    Document,
    DocumentDraft,
    DocumentUnknown,
    Level,
    NoFile,
    NothingSeen,
    Safeguarding,
    has_certificate_number,
    media_type_of,
)
from controller.people.errors import PartyForgotten, PartyUnknown
from controller.people.model import Actor, Party
from controller.people.optimistic_locking import require_version, version_of
from controller.platform.key_files import KeyFiles
from controller.platform.uploads.virus_scan import VirusScanner
from controller.platform.web.problem import TooLarge, invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import FieldChanges, diff
from edge.wire.clock import Clock
from edge.wire.ids import new_id


class DocumentFile:
    """A file as it is given out. ``name``: says what it is, and nothing that its party chose."""

    def __init__(self, document: Document, content: bytes) -> None:
        assert document.media_type is not None
        self.name = f"{document.party}-{document.kind}-{document.valid_from}.{ENDINGS[document.media_type]}"
        self.content = content


class _SealedFile(NamedTuple):
    """``size``: of its content, in bytes."""

    sealed: bytes
    media_type: str
    size: int


class DocumentService:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock, keys: KeyFiles, scanner: VirusScanner) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._scanner = scanner

    async def of_party(self, party: str) -> list[Document]:
        """Raises ``PartyUnknown``."""
        async with self._database.read() as tx:
            await _require(tx, party)
            return await repository.of_party(tx, party)

    async def parties_of(self, site: str | None) -> list[Party]:
        """Who has shown anything, by name, of a site's parties; ``None``: of those that belong to all sites."""
        async with self._database.read() as tx:
            found = await party_repository.parties(tx, await repository.parties_with_any(tx, site))
        return sorted(found.values(), key=lambda each: each.name)

    async def get(self, party: str, document_id: str) -> Document:
        """Raises ``DocumentUnknown``."""
        async with self._database.read() as tx:
            return await _document(tx, party, document_id)

    async def add(self, party: str, draft: DocumentDraft, *, actor: Actor, content: bytes = b"") -> Document:
        """With its file, if there is one: both or neither. Raises ``PartyUnknown``, ``PartyForgotten``, ``Invalid``,
        ``TooLarge``, ``NotScanned``."""
        document_id = new_id(self._clock.now())
        file = await self._seal(document_id, content) if content else None
        return await self._database.run(self._add, document_id, party, draft, file, actor)

    async def _add(
        self, tx: Tx, document_id: str, party: str, draft: DocumentDraft, file: _SealedFile | None, actor: Actor
    ) -> Document:
        found = await _writable(tx, party)
        draft = _checked(draft, actor)
        document = Document(
            id=document_id,
            party=party,
            media_type=None,
            size=0,
            reminded_days=None,
            **{name: getattr(draft, name) for name in DocumentDraft.__struct_fields__},
        )
        await repository.add(tx, document)
        await self._record(tx, "add document", found, document, actor, diff(None, draft))
        return document if file is None else await self._put_file(tx, party, document_id, file, actor)

    async def change(
        self, party: str, document_id: str, draft: DocumentDraft, *, version: int, actor: Actor
    ) -> Document:
        """With another end its party is reminded again. Raises ``DocumentUnknown``, ``PartyForgotten``,
        ``VersionStale``, ``Invalid``."""
        return await self._database.run(self._change, party, document_id, draft, version, actor)

    async def _change(
        self, tx: Tx, party: str, document_id: str, draft: DocumentDraft, version: int, actor: Actor
    ) -> Document:
        found, old = await _writable(tx, party), await _document(tx, party, document_id)
        draft = _checked(draft, actor)
        await require_version(tx, version, old.version, site=found.site, thing=_thing(old))
        if draft == old.draft:
            return old
        values = {name: getattr(draft, name) for name in DocumentDraft.__struct_fields__}
        new = replace(old, **values)
        if new.valid_until != old.valid_until:
            new = replace(new, reminded_days=None)
        await repository.change(tx, new)
        await self._record(tx, "change document", found, new, actor, diff(old.draft, draft))
        return new

    async def remove(self, party: str, document_id: str, *, actor: Actor) -> None:
        """With its file. Raises ``DocumentUnknown``."""
        await self._database.run(self._remove, party, document_id, actor)

    async def _remove(self, tx: Tx, party: str, document_id: str, actor: Actor) -> None:
        found, old = await _require(tx, party), await _document(tx, party, document_id)
        await repository.remove(tx, document_id)
        await self._record(tx, "delete document", found, old, actor, diff(old.draft, None))

    async def put_file(self, party: str, document_id: str, content: bytes, *, actor: Actor) -> Document:
        """Keep the file of a document, encrypted, in place of the one before. What it is, its content says. Raises
        ``DocumentUnknown``, ``PartyForgotten``, ``Invalid``, ``TooLarge``, ``NotScanned``."""
        file = await self._seal(document_id, content)
        return await self._database.run(self._put_file, party, document_id, file, actor)

    async def _seal(self, document_id: str, content: bytes) -> _SealedFile:
        """Raises ``Invalid``, ``TooLarge``, ``NotScanned``."""
        media_type = require_media_type(content)
        await self._scanner.require_clean(content)
        sealed = await asyncio.to_thread(self._keys.seal, content, _about(document_id))
        return _SealedFile(sealed, media_type, len(content))

    async def _put_file(self, tx: Tx, party: str, document_id: str, file: _SealedFile, actor: Actor) -> Document:
        found, old = await _writable(tx, party), await _document(tx, party, document_id)
        new = replace(old, media_type=file.media_type, size=file.size)
        await repository.change(tx, new)
        await repository.put_file(tx, document_id, file.sealed)
        changes = {"media_type": (old.media_type, new.media_type), "size": (old.size, new.size)}
        await self._record(tx, "add file of document", found, new, actor, changes)
        return new

    async def read_file(self, party: str, document_id: str, *, actor: Actor) -> DocumentFile:
        """The file of a document; that it was read is recorded before it is given out. Raises ``DocumentUnknown``,
        ``NoFile``, ``CannotUnseal``."""
        document, sealed = await self._database.run(self._read_file, party, document_id, actor)
        return DocumentFile(document, await asyncio.to_thread(self._keys.unseal, sealed, _about(document_id)))

    async def _read_file(self, tx: Tx, party: str, document_id: str, actor: Actor) -> tuple[Document, bytes]:
        found, document = await _require(tx, party), await _document(tx, party, document_id)
        sealed = await repository.file(tx, document_id)
        if sealed is None:
            raise NoFile
        await self._record(tx, "read document", found, document, actor)
        return document, sealed

    async def files_of(self, tx: Tx, party: str) -> list[DocumentFile]:
        """All files of a party, for a subject access request; the caller records it. Raises ``CannotUnseal``."""
        return [
            DocumentFile(each, self._keys.unseal(sealed, _about(each.id)))
            for each in await repository.of_party(tx, party)
            if (sealed := await repository.file(tx, each.id)) is not None
        ]

    async def seen(self, party: str) -> Safeguarding:
        """What was seen for safeguarding. Raises ``PartyUnknown``, ``NothingSeen``."""
        async with self._database.read() as tx:
            await _require(tx, party)
            found = await repository.seen(tx, party)
        if found is None:
            raise NothingSeen(party)
        return found

    async def put_seen(
        self,
        party: str,
        *,
        level: Level,
        seen_on: date,
        seen_by: str,
        review_on: date,
        version: int,
        actor: Actor,
    ) -> tuple[Safeguarding, bool]:
        """Note that a DBS certificate was seen; true where none was before. Raises ``PartyUnknown``,
        ``PartyForgotten``, ``VersionStale``, ``Invalid``."""
        new = Safeguarding(
            party=party, level=level, seen_on=seen_on, seen_by=seen_by or actor.name, review_on=review_on
        )
        if has_certificate_number(new.seen_by):
            raise invalid_field(
                "seen_by", "looks like the number of a DBS certificate, which may not be kept; name who has seen it"
            )
        if review_on <= seen_on:
            raise invalid_field("review_on", "must be after the day on which it was seen")
        return await self._database.run(self._put_seen, new, version, actor)

    async def _put_seen(self, tx: Tx, new: Safeguarding, version: int, actor: Actor) -> tuple[Safeguarding, bool]:
        found, old = await _writable(tx, new.party), await repository.seen(tx, new.party)
        await require_version(tx, version, version_of(old), site=found.site, thing=_safeguarding(new.party))
        if old != new:
            await repository.put_seen(tx, new)
            await self._record_seen(tx, "make" if old is None else "change", found, actor, diff(old, new))
        return new, old is None

    async def remove_seen(self, party: str, *, actor: Actor) -> None:
        """Raises ``PartyUnknown``, ``NothingSeen``."""
        await self._database.run(self._remove_seen, party, actor)

    async def _remove_seen(self, tx: Tx, party: str, actor: Actor) -> None:
        found = await _require(tx, party)
        if not await repository.remove_seen(tx, party):
            raise NothingSeen(party)
        await self._record_seen(tx, "delete", found, actor, {})

    async def _record(
        self, tx: Tx, act: str, party: Party, document: Document, actor: Actor, changes: FieldChanges | None = None
    ) -> None:
        await audit_log.record(
            tx,
            actor=actor.name,
            at=self._clock.now(),
            act=act,
            site=party.site,
            thing=_thing(document),
            changes=changes,
            subject=party.id,
        )

    async def _record_seen(self, tx: Tx, act: str, party: Party, actor: Actor, changes: FieldChanges) -> None:
        now, thing = self._clock.now(), _safeguarding(party.id)
        await audit_log.record(
            tx, actor=actor.name, at=now, act=act, site=party.site, thing=thing, changes=changes, subject=party.id
        )


def require_media_type(content: bytes) -> str:
    """What a file is. Raises ``Invalid`` for what is not taken, and ``TooLarge``."""
    if len(content) > LARGEST:
        raise TooLarge(f"a file may have at most {LARGEST // 1024 // 1024} MB; scan it in a lower resolution")
    if (media_type := media_type_of(content)) is None:
        raise invalid_field("body", "must be a PDF, JPEG or PNG file; scan or photograph the document")
    return media_type


def _checked(draft: DocumentDraft, actor: Actor) -> DocumentDraft:
    """As it is written. Raises ``Invalid``."""
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        raise invalid_field("valid_until", "must not be before valid_from")
    return draft if draft.seen_by else replace(draft, seen_by=actor.name)


async def _require(tx: Tx, party: str) -> Party:
    found = await party_repository.party(tx, party)
    if found is None:
        raise PartyUnknown(party)
    return found


async def _writable(tx: Tx, party: str) -> Party:
    """Held, so that nobody forgets the party meanwhile."""
    await party_repository.hold(tx, party)
    found = await _require(tx, party)
    if found.forgotten_at is not None:
        raise PartyForgotten(party)
    return found


async def _document(tx: Tx, party: str, document_id: str) -> Document:
    found = await repository.document(tx, document_id)
    if found is None or found.party != party:
        raise DocumentUnknown(party, document_id)
    return found


def _thing(document: Document) -> str:
    return f"document {document.id} ({document.kind}) of party {document.party}"


def _safeguarding(party: str) -> str:
    return f"safeguarding of party {party}"


def _about(document_id: str) -> str:
    """What its file is sealed for."""
    return f"document {document_id}"
