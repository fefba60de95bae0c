"""Which holder has which code at which doors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from controller.access import code_generation
from controller.access.code_generation import CODE_OVERLAP, NoCodeLeft
from controller.access.holders import repository
from controller.access.holders.model import Holder, HolderDraft, Secrets
from controller.access.repository import holders as holders_of_keys
from controller.access.unused_codes import RECENT
from controller.db.engine import Tx
from controller.db.errors import violates
from controller.estate.model import Door, SiteParts
from controller.estate.service import EstateService
from controller.platform.web.problem import Invalid, invalid_field
from edge.wire.credentials import CODE_LENGTH, CredentialKind, code_key
from edge.wire.ids import new_id
from edge.wire.plan import HORIZON

_TRIES = 50


class CodeClaims:
    """Every method runs inside its caller's transaction, which holds the locks of the holder's sites: ``parts``."""

    def __init__(self, estate: EstateService) -> None:
        self._estate = estate

    async def free(
        self,
        tx: Tx,
        holder: Holder,
        parts: Mapping[str, SiteParts],
        length: int,
        now: datetime,
        *,
        but: tuple[str, ...],
    ) -> str:
        """A code that nobody has at any of the doors. Raises ``NoCodeLeft``."""
        for _ in range(_TRIES):
            code = code_generation.choose(length)
            if code in but:
                continue
            taken = False
            for site, keys in (await self._keys(tx, holder, parts, code)).items():
                held = await holders_of_keys(tx, site=site, keys=list(keys.values()), since=now - RECENT)
                taken = taken or any(held.get(key) for key in keys.values())
            if not taken:
                return code
        raise NoCodeLeft(holder.draft.places[0].site, _TRIES)

    async def _keys(
        self, tx: Tx, holder: Holder, parts: Mapping[str, SiteParts], code: str
    ) -> dict[str, dict[str, bytes]]:
        """Site -> door -> the hash of the digits there, the same for every kind of code."""
        found: dict[str, dict[str, bytes]] = {}
        for place in holder.draft.places:
            known = await self._estate.door_secrets(tx, place.site)
            doors = [door.id for door in parts[place.site].doors if place.has(door.id)]
            found[place.site] = {door: code_key(known[door], CredentialKind.BOOKING_CODE, code) for door in doors}
        return found

    async def put(self, tx: Tx, holder: Holder, given: Secrets, parts: Mapping[str, SiteParts], now: datetime) -> None:
        """Say at each door which codes are this holder's. Raises ``Invalid`` where somebody else has one there."""
        await repository.release(tx, holder.id, until=now + HORIZON)
        try:
            await repository.claim(tx, await self._rows(tx, holder, given, parts, now))
        except IntegrityError as error:
            if violates(error, CODE_OVERLAP):
                raise _taken() from error
            raise

    async def require_free(
        self, tx: Tx, holder: Holder, given: Secrets, parts: Mapping[str, SiteParts], now: datetime
    ) -> None:
        """Raises what ``put`` would raise, and writes nothing."""
        for row in await self._rows(tx, holder, given, parts, now):
            if await repository.claimed_by_another(tx, row):
                raise _taken()

    async def _rows(
        self, tx: Tx, holder: Holder, given: Secrets, parts: Mapping[str, SiteParts], now: datetime
    ) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for code in filter(None, (given.code, given.duress_code)):
            for site, keys in (await self._keys(tx, holder, parts, code)).items():
                whole = holder.draft.validity.whole(parts[site].site.tz)
                for door, key in keys.items():
                    rows.append(
                        {
                            "grant_id": new_id(now),
                            "owner": holder.id,
                            "site": site,
                            "door": door,
                            "code_key": key,
                            "starts": min(now, whole.start),
                            "ends": max(whole.end, now + HORIZON),
                        }
                    )
        return rows


def _taken() -> Invalid:
    return invalid_field(
        "places", "somebody else has the same code at one of these doors; give the holder another first"
    )


def length_of(draft: HolderDraft, parts: Mapping[str, SiteParts]) -> int:
    """How long a code is that all its doors take. Raises ``Invalid`` where they want different ones."""
    doors: list[Door] = [door for place in draft.places for door in parts[place.site].doors if place.has(door.id)]
    lengths = {door.code_length for door in doors}
    if len(lengths) > 1:
        named = ", ".join(f"{door.name} ({door.code_length} digits)" for door in doors[:6])
        raise invalid_field("places", f"their codes differ in length: {named}; make one holder for each length")
    return lengths.pop() if lengths else CODE_LENGTH
