"""Holders: staff, key holders and contractors, and what each has to open doors with."""

from datetime import datetime

import msgspec

from controller.access.credential_hours import Validity
from controller.platform.web.problem import Conflicting, NotFound
from edge.wire.credentials import CredentialKind

KINDS = (CredentialKind.STAFF, CredentialKind.KEY_HOLDER, CredentialKind.CONTRACTOR)


class HolderPlace(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Where it opens: some ``doors`` of a site, or all of them, also those that are made later."""

    site: str
    doors: tuple[str, ...] = ()

    def has(self, door: str) -> bool:
        return not self.doors or door in self.doors


class HolderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A holder as somebody writes one. ``hold_s``: how long the door stays released for them; ``None``: the door's
    own time."""

    kind: CredentialKind
    name: str
    places: tuple[HolderPlace, ...]
    validity: Validity
    hold_s: float | None = None


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials in the clear; empty if there is none. A ``pin`` belongs to the ``card``."""

    code: str = ""
    card: str = ""
    pin: str = ""
    duress_code: str = ""
    duress_pin: str = ""

    def __repr__(self) -> str:
        has = [name for name in self.__struct_fields__ if getattr(self, name)]
        return f"Secrets({', '.join(has)})"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A person who opens doors in their own right. ``has``: the names of the secrets there are. ``ended_at``: since
    when nothing of it opens any more."""

    id: str
    draft: HolderDraft
    has: tuple[str, ...]
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    ended_at: datetime | None
    ended_why: str
    version: int

    @property
    def sites(self) -> tuple[str, ...]:
        return tuple(place.site for place in self.draft.places)


class CredentialRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a holder is to have. ``code``, ``pin``: the controller draws one. ``card``: its canonical text; empty for
    none. ``duress``: a second code, and a second PIN, that open and tell in silence."""

    code: bool = False
    card: str = ""
    pin: bool = False
    duress: bool = False


class HolderUnknown(NotFound):
    def __init__(self, holder: str) -> None:
        super().__init__(f"there is no holder {holder!r}; look it up in the list of holders")


class HolderEnded(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” has ended and opens nothing; create a new holder")


class CardTaken(Conflicting):
    def __init__(self) -> None:
        super().__init__("somebody else has this card; end theirs first, or use another card")
