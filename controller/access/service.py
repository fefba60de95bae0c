"""Who may enter where and when: codes for bookings, and what the plan compiler needs to know of them.

Every function works inside its caller's transaction; whoever writes holds the site's lock.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.access import codes, repository
from controller.access.errors import NoCodeLeft
from controller.access.model import Issued, NewGrant, WantedGrant
from controller.access.standing import Standing, lingering_texts, stand
from controller.database import Tx
from controller.estate.service import Estate
from controller.people.model import Actor
from controller.rows import Rows
from controller.secrets import Keys
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.ids import uuid7
from edge.wire.interval import Interval

_TRIES = 50
_SITES_KEPT = 256


class Access:
    """Gives out codes. ``choose`` draws one; tests pass their own."""

    def __init__(self, estate: Estate, keys: Keys, *, choose: codes.Chooser = codes.choose) -> None:
        self._estate = estate
        self._keys = keys
        self._choose = choose
        self._kept: dict[str, tuple[int, dict[str, bytes]]] = {}

    async def issue(
        self,
        tx: Tx,
        *,
        site: str,
        doors: Sequence[str],
        windows: Mapping[str, Interval],
        now: datetime,
        new: bool = False,
        revision: int | None = None,
        into: Rows | None = None,
    ) -> dict[str, Issued]:
        """Give each booking of ``windows`` a code for all ``doors``, keeping the one it has where nobody else has it.

        ``windows`` are those of the codes, lead-in and lag included; one that is over gets no code. ``new``: none of
        them had a code before. ``revision``: the site's, if it is known. ``into``: where the rows go, if others
        follow. Returns what was given, by booking.
        Raises ``NoCodeLeft``.
        """
        due = {each: window for each, window in windows.items() if window.end > now}
        if not due or not doors:
            return {}
        here = await self._secrets(tx, site, revision)
        secrets_of = {door: here[door] for door in doors}
        old = {} if new else await self.codes(tx, tuple(due))
        chosen = await self._free(tx, site, secrets_of, tuple(due), old, now)
        changed = {each: code for each, code in chosen.items() if code != old.get(each)}
        sealed = {each: self._keys.seal(code.encode(), _about(each)) for each, code in changed.items()}
        await repository.put_codes(tx, sealed, replaces=old.keys() & changed.keys(), into=into)
        given = {
            each: Issued(
                code=code,
                grants=tuple(
                    NewGrant(
                        id=uuid7(now, secrets.token_bytes(10)),
                        booking_id=each,
                        door=door,
                        code_key=key,
                        window=due[each],
                    )
                    for door, key in _keys_of(code, secrets_of).items()
                ),
            )
            for each, code in chosen.items()
        }
        grants = [grant for each in given.values() for grant in each.grants]
        await repository.insert_grants(tx, site=site, new=grants, now=now, into=into)
        return given

    async def _secrets(self, tx: Tx, site: str, revision: int | None) -> dict[str, bytes]:
        """Of all doors of a site; kept in mind until its revision is another."""
        kept = self._kept.get(site)
        if kept is not None and kept[0] == revision:
            return kept[1]
        found = await self._estate.door_secrets(tx, site)
        if revision is not None:
            if len(self._kept) >= _SITES_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[site] = (revision, found)
        return found

    async def codes(self, tx: Tx, booking_ids: Sequence[str]) -> dict[str, str]:
        """Booking id -> its code, of those that have one."""
        sealed = await repository.sealed_codes(tx, booking_ids)
        return {each: self._open(value, each) for each, value in sealed.items()}

    def _open(self, sealed: bytes, booking_id: str) -> str:
        return self._keys.unseal(sealed, _about(booking_id)).decode()

    async def _free(
        self,
        tx: Tx,
        site: str,
        secrets_of: Mapping[str, bytes],
        booking_ids: Sequence[str],
        old: Mapping[str, str],
        now: datetime,
    ) -> dict[str, str]:
        """For each booking a code that nobody else has at any of the doors, now or later: whoever knew it would
        come in again."""
        chosen: dict[str, str] = {}
        waiting = list(booking_ids)
        for turn in range(_TRIES):
            tried = {each: old[each] if turn == 0 and each in old else self._choose() for each in waiting}
            keys = {each: tuple(_keys_of(code, secrets_of).values()) for each, code in tried.items()}
            held = await repository.holders(
                tx, site=site, keys=[key for each in waiting for key in keys[each]], now=now
            )
            for each, code in tried.items():
                taken = any(holder != each for key in keys[each] for holder in held.get(key, ()))
                if not taken and code not in chosen.values():
                    chosen[each] = code
            waiting = [each for each in waiting if each not in chosen]
            if not waiting:
                return chosen
        raise NoCodeLeft(site, _TRIES)


def _about(booking_id: str) -> str:
    return f"code of booking {booking_id}"


def _keys_of(code: str, secrets_of: Mapping[str, bytes]) -> dict[str, bytes]:
    return {door: code_key(secret, CredentialKind.BOOKING_CODE, code) for door, secret in secrets_of.items()}


async def revoke(tx: Tx, *, booking_ids: Sequence[str], now: datetime) -> None:
    """No longer want these bookings' codes on any door. They linger until each door has said that they are off."""
    if booking_ids:
        await repository.end_grants(tx, booking_ids=booking_ids, now=now)


async def standing(
    tx: Tx, booking_ids: Sequence[str], now: datetime, *, off: Mapping[str, str], zone: ZoneInfo
) -> dict[str, Standing]:
    """Where each booking's code stands, in words of the site's time; ``off``: why those that have none have none."""
    found = await repository.held(tx, booking_ids)
    return {each: stand(grants, off=off.get(each, ""), now=now, zone=zone) for each, grants in found.items()}


async def lingering(
    tx: Tx,
    *,
    site: str,
    doors: Sequence[str],
    window: Interval,
    now: datetime,
    zone: ZoneInfo,
    actor: Actor,
    but: str | None = None,
) -> tuple[str, ...]:
    """What to tell the actor, who has ``doors`` during ``window``: old codes that still open them then.

    ``but``: the booking whose own old code is left out.
    """
    found = await repository.lingering(tx, site, now=now)
    others = [each for each in found if each.grant.booking_id != but]
    return lingering_texts(others, doors=doors, window=window, zone=zone, now=now, actor=actor)


async def grants_for_edge(
    tx: Tx, site: str, doors: Sequence[str], now: datetime, horizon: datetime
) -> list[WantedGrant]:
    """The grants that a plan for an edge with these doors must hold."""
    return await repository.wanted(tx, site, doors, now=now, horizon=horizon)


async def ended(tx: Tx, site: str, doors: Sequence[str]) -> list[str]:
    """Ids of the grants of these doors that have ended and that the last plan still holds."""
    return await repository.ended(tx, site, doors)


async def mark_compiled(tx: Tx, version: int, *, new: Sequence[str], gone: Sequence[str]) -> bool:
    """Note the plan ``version``, made from what ``grants_for_edge`` and ``ended`` gave in one look: the first to hold
    the grants ``new``, the first without those that were ``gone``. False where one of ``new`` has ended since, so that
    its code may be somebody else's by now: then the plan must not be signed."""
    return await repository.compiled(tx, version, new=new, gone=gone)


async def mark_applied(tx: Tx, site: str, doors: Sequence[str], version: int, at: datetime) -> None:
    """The edge with these doors carries out plan ``version`` since ``at``. Idempotent."""
    await repository.applied(tx, site, doors, version=version, at=at)
