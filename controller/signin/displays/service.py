"""Displays: made and ended by who keeps a site's users, paired on the device by a code that works once."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from controller.db.engine import Database, Tx
from controller.people.errors import MayNotGive, Tried
from controller.people.model import Actor
from controller.people.permissions import lacks
from controller.people.sign_in_throttle import SignInOrigin
from controller.platform.key_files import KeyFiles, token_hash
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.displays import repository
from controller.signin.displays.model import (
    CODE_LIFETIME,
    TOKEN_PREFIX,
    UNUSED_AFTER,
    Display,
    DisplayKind,
    DisplayUnknown,
    TooManyDisplays,
    WrongDisplayCode,
    new_code,
)
from controller.signin.sign_in import SignInService
from edge.wire.clock import Clock
from edge.wire.ids import new_id

MOST = 100
"""Displays of one site."""
Sites = frozenset[str] | None
SpacesOf = Callable[[Tx, str], Awaitable[frozenset[str]]]
"""The spaces of a site."""


@dataclass(eq=False)
class Displays:
    """Each method is one transaction, or two where a try must count although it fails."""

    database: Database
    clock: Clock
    keys: KeyFiles
    people: SignInService
    spaces_of: SpacesOf

    async def listed(self, site: str) -> list[Display]:
        """By name: those that are paired, and those that wait for their code."""
        async with self.database.read() as tx:
            return await repository.of_site(tx, site, self.clock.now())

    async def make(
        self, site: str, *, kind: DisplayKind, name: str, space: str | None, sites: Sites = None, actor: Actor
    ) -> tuple[Display, str]:
        """A display that waits to be paired, and the code to type on it. ``sites``: whose alerts it shows, ``None`` for
        all. Raises ``MayNotGive`` for rights that the
        actor lacks, ``TooManyDisplays``, and ``Invalid`` for a space that is not there or goes with a screen."""
        return await self.database.run(self._make, site, kind, name, space, sites, actor)

    async def _make(
        self, tx: Tx, site: str, kind: DisplayKind, name: str, space: str | None, sites: Sites, actor: Actor
    ) -> tuple[Display, str]:
        now = self.clock.now()
        until = now + CODE_LIFETIME
        new = Display(
            id=new_id(now),
            site=site,
            kind=kind,
            space=space,
            sites=None if sites is None else msgspec.json.encode(sorted(sites)).decode(),
            name=name,
            made_at=now,
            made_by=actor.name,
            code_until=until,
            expires_at=until,
        )
        for given in new.assignments:
            if (action := lacks(actor, given, renewed=True)) is not None:
                raise MayNotGive(actor, given, action)
        if sites is not None and kind is not DisplayKind.ALERTS:
            raise invalid_field("sites", "goes with a screen of alerts only; leave it out")
        if space is None and kind is DisplayKind.ROOM:
            raise invalid_field("space", "is missing; say which room it hangs beside")
        if space is not None and kind in (DisplayKind.WALL, DisplayKind.ALERTS):
            raise invalid_field("space", "goes with a tablet only, which hangs at the door of one; leave it out")
        if space is not None and space not in await self.spaces_of(tx, site):
            raise invalid_field("space", f"there is no space {space!r} at this site; look it up in the site")
        if len(await repository.of_site(tx, site, now)) >= MOST:
            raise TooManyDisplays(MOST)
        code = new_code()
        while await repository.waiting_for(tx, self._digest(code), now) is not None:
            code = new_code()
        await repository.forget_old(tx, now)  # so that no old code is in the way of this one
        await repository.add(tx, new, self._digest(code))
        await self._record(tx, "make display", actor.name, new)
        return new, code

    async def pair(self, code: str, asker: SignInOrigin) -> tuple[Display, str]:
        """Pair the device that asks, by a code as it was typed; returns the token by which it acts, of which the
        database holds a hash. A try is counted before the code is looked at, and waits for its turn as one
        to sign in does. Raises ``WrongDisplayCode``, ``TooManyTries`` and ``Busy``."""
        tries = self.people.users.tries
        counters = tries.from_address(asker)

        async def pair(tx: Tx) -> tuple[Display, str]:
            now = self.clock.now()
            found = await repository.waiting_for(tx, self._digest(code), now)
            if found is None:
                raise WrongDisplayCode
            paired = msgspec.structs.replace(
                found,
                code_until=None,
                paired_at=now,
                last_seen_at=now,
                expires_at=now + UNUSED_AFTER,
                address=asker.address[:45],
                browser=asker.browser,
            )
            token = TOKEN_PREFIX + secrets.token_urlsafe(32)
            if not await repository.pair(tx, paired, token_hash(token)):
                raise WrongDisplayCode
            await tries.right(tx, counters)
            await self._record(tx, "pair display", f"display:{paired.id}", paired)
            return paired, token

        async with self.people.turn_of_nobody(counters, Tried.DISPLAY_CODE):
            await self.database.run(tries.count, counters, self.clock.now(), Tried.DISPLAY_CODE)
            return await self.database.run(pair)

    async def end(self, site: str, display_id: str, *, actor: Actor) -> None:
        """End a display at once, open pages too. Raises ``DisplayUnknown``."""

        async def end(tx: Tx) -> None:
            found = await repository.one(tx, site, display_id)
            if found is None or not await repository.end(tx, found.id):
                raise DisplayUnknown(display_id)
            await self._record(tx, "end display", actor.name, found)

        await self.database.run(end)
        self.people.sessions.rights_changed()

    async def tidy(self) -> None:
        """Forget displays that nobody paired in time, or that were not used for a year."""
        await self.database.run(repository.forget_old, self.clock.now())

    async def _record(self, tx: Tx, act: str, actor: str, display: Display) -> None:
        now, thing = self.clock.now(), f"display {display.id}"
        changes = {"kind": (None, display.kind.value), "space": (None, display.space), "sites": (None, display.sites)}
        await audit_log.record(
            tx,
            actor=actor,
            at=now,
            act=act,
            site=display.site,
            thing=thing,
            changes=changes if act == "make display" else None,
        )

    def _digest(self, code: str) -> bytes:
        digits = "".join(each for each in code if each.isdigit())
        return hmac.digest(self.keys.page, b"display code\0" + digits.encode(), sha256)
