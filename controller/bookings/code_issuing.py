"""How bookings get their codes: by the site's policy when they are drawn; after that they stay. A code opens its doors
in a window: from a lead-in before the booking to a lag after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.access import service as access
from controller.access.code_generation import Issue, IssuedCodes, Share
from controller.access.code_status import LingeringCode
from controller.access.repository import lingering as lingering_grants
from controller.access.service import AccessService
from controller.bookings import repository
from controller.bookings.diary import policy_repository as policies
from controller.bookings.diary.model import Booking, BookingStatus, Changed
from controller.bookings.diary.policy import Policy, owner
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.lifecycle import words_of
from controller.db.compiled_sql import BulkInsert, CompiledReads
from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.estate.change_hooks import ChangePreview, EstateHook
from controller.estate.model import Door, SiteParts, Space
from controller.people.permissions import Thing
from edge.wire.interval import Interval

LONGEST_LAG = timedelta(hours=4)
"""The most that a policy may have."""


class CodeWindows(msgspec.Struct, frozen=True, kw_only=True):
    """``lead_in`` and ``lag``: how long before and after a booking its code opens, unless the site's policy says."""

    lead_in: timedelta
    lag: timedelta

    def window(self, during: Interval, policy: Policy) -> Interval:
        """When the code of a booking opens."""
        lead_in = self.lead_in if policy.lead_in_min is None else timedelta(minutes=policy.lead_in_min)
        lag = self.lag if policy.lag_min is None else timedelta(minutes=policy.lag_min)
        return Interval(start=during.start - lead_in, end=during.end + lag)


class Recode(StrEnum):
    """Which issued codes follow a change of the policy's rules about codes."""

    KEEP = "keep"
    """None: people already have them."""
    COMING = "coming"
    """Those that do not open a door yet."""
    ALL = "all"

    def meets(self, window: Interval, now: datetime) -> bool:
        """``window``: when the code opens, as issued."""
        return self is Recode.ALL or (self is Recode.COMING and window.start > now)


class CodeEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a policy on issued codes. ``running`` and ``coming``: the bookings whose codes are not as
    its rules would draw them, those whose code opens now and the others. ``windows``: how many bookings' codes would
    open at other times."""

    running: tuple[Booking, ...]
    coming: tuple[Booking, ...]
    windows: int


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """Code decisions that override the policy, by booking. ``shares``: how bookings that keep their codes share
    them. ``one_code``: the owner of the one code of a series."""

    shares: Mapping[str, Share] = {}
    one_code: Mapping[str, str] = {}


class BookingCodes(EstateHook):
    """Issues the codes of bookings. ``window``: when the code of a booking opens."""

    def __init__(self, given: AccessService, windows: CodeWindows) -> None:
        self._access = given
        self.window = windows.window

    async def issue(
        self,
        tx: Tx,
        site_config: SiteConfig,
        bookings: Iterable[Booking],
        now: datetime,
        *,
        new: bool = False,
        fresh: bool = False,
        shares: Mapping[str, Share] | None = None,
        into: BulkInsert | None = None,
    ) -> dict[str, IssuedCodes]:
        """Codes for bookings of one site. ``shares``: how some bookings share theirs; all others follow the policy.
        ``new``, ``fresh``, ``into``: as in ``AccessService.issue``."""
        by_space: dict[str, list[Booking]] = defaultdict(list)
        for each in bookings:
            by_space[each.space].append(each)
        issued: dict[str, IssuedCodes] = {}
        for space, group in by_space.items():
            there, one_code = site_config.require(space).space, await repository.code_owners(tx, group)
            owned = Owned(shares=shares or {}, one_code=one_code)
            for given in self._issues(there, group, site_config.doors, site_config.policy, site_config.site.tz, owned):
                issued |= await self._access.issue(
                    tx,
                    given,
                    site=site_config.site.id,
                    now=now,
                    new=new,
                    fresh=fresh,
                    revision=site_config.revision,
                    into=into,
                )
        return issued

    def draw_ahead(
        self, tx: Tx, site_config: SiteConfig, space: Space, now: datetime
    ) -> list[tuple[CompiledReads, Mapping[str, object]]]:
        """As ``AccessService.draw_ahead``, for a new booking of a space."""
        lengths = {door.id: door.code_length for door in site_config.doors if door.id in space.doors}
        by_door = {door: lengths[door] for door in space.doors if door in lengths}
        if not by_door or len(by_door) < len(space.doors):
            return []
        return self._access.draw_ahead(tx, by_door, site=site_config.site.id, revision=site_config.revision, now=now)

    def _issues(
        self,
        space: Space,
        bookings: Sequence[Booking],
        doors: Sequence[Door],
        policy: Policy,
        zone: ZoneInfo,
        owned: Owned,
    ) -> list[Issue]:
        """How the bookings of a space get their codes: one ``Issue`` for those whose doors share a code, one for
        those of which each door has its own."""
        rule = policy.code_rule(space.id)
        lengths = {door.id: door.code_length for door in doors}
        by_shape: dict[bool, list[Booking]] = defaultdict(list)
        owners: dict[str, str] = {}
        for each in bookings:
            mine = owned.one_code.get(each.id) or owner(rule, each, zone)
            share = owned.shares.get(each.id) or Share(owner=mine, each_door=rule.each_door)
            by_shape[share.each_door].append(each)
            owners[each.id] = share.owner
        return [
            Issue(
                lengths={door: lengths[door] for door in space.doors},
                windows={each.id: self.window(each.during, policy) for each in group},
                owners={each.id: owners[each.id] for each in group if owners[each.id] != each.id},
                each_door=each_door,
            )
            for each_door, group in by_shape.items()
        ]

    async def kept_shares(self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed]) -> dict[str, Share]:
        """How bookings share their codes that keep them through a change: their owner and the rule of the policy by
        which they would be drawn do not change."""
        alike = [each.after.id for each in changes if _same_sharers(site_config, each)]
        return await self._access.shares(tx, alike)

    async def shares(self, tx: Tx, bookings: Sequence[Booking]) -> dict[str, Share]:
        """How bookings share the codes that they have, by booking."""
        return await self._access.shares(tx, [each.id for each in bookings])

    async def own(self, tx: Tx, booking_id: str) -> Share | None:
        """How a booking shares the codes that it has."""
        return (await self._access.shares(tx, [booking_id])).get(booking_id)

    async def together(self, tx: Tx, booking: Booking, share: Share | None, now: datetime) -> list[Booking]:
        """The confirmed bookings that share a booking's codes, itself among them."""
        ids = [] if share is None else await self._access.sharing(tx, share.owner, now=now)
        return [each for each in await repository.some(tx, sorted({*ids, booking.id})) if each.certain]

    async def follow_doors(self, tx: Tx, space: Space, now: datetime) -> None:
        """Put the codes of a space's bookings on its present doors, and remove them from others."""
        parts = await estate.site_parts(tx, space.site)
        if parts is not None:
            policy = await policies.policy(tx, space.site)
            await self._follow(tx, parts, [space], policy, policy, now, Recode.KEEP)

    async def follow_policy(self, tx: Tx, site: str, old: Policy, now: datetime, recode: Recode) -> None:
        """Adjust the codes of all bookings of a site to its new policy (``old``: the one before): when they open
        always, but a window that is open now is not cut; how they are shared as ``recode`` says."""
        parts = await estate.site_parts(tx, site)
        if parts is not None:
            await self._follow(tx, parts, parts.spaces, old, await policies.policy(tx, site), now, recode)

    async def _follow(
        self,
        tx: Tx,
        parts: SiteParts,
        spaces: Sequence[Space],
        old: Policy,
        policy: Policy,
        now: datetime,
        recode: Recode,
    ) -> None:
        for space in spaces:
            ahead = await self._ahead(tx, space, now)
            keeping = [each.id for each in ahead if not recode.meets(self.window(each.during, old), now)]
            one_code = await repository.code_owners(tx, ahead)
            owned = Owned(shares=await self._access.shares(tx, keeping), one_code=one_code)
            open_now = await self._access.open_windows(tx, [each.id for each in ahead], now=now)
            for drawn in self._issues(space, ahead, parts.doors, policy, parts.site.tz, owned):
                given = drawn.keeping(open_now)
                wrong = await self._access.to_reissue(tx, given, now=now)
                if wrong:
                    await access.revoke(tx, booking_ids=sorted(wrong), now=now)
                    windows = {each: window for each, window in given.windows.items() if each in wrong}
                    again = msgspec.structs.replace(given, windows=windows)
                    await self._access.issue(tx, again, site=space.site, now=now)

    async def effect(self, tx: Tx, site: str, old: Policy, new: Policy, now: datetime) -> CodeEffect:
        """The effect of another policy on issued codes."""
        parts = await estate.site_parts(tx, site)
        running: list[Booking] = []
        coming: list[Booking] = []
        windows = 0
        for space in parts.spaces if parts is not None else ():
            if parts is None or not space.doors:
                continue
            ahead = {each.id: each for each in await self._ahead(tx, space, now)}
            open_now = await self._access.open_windows(tx, list(ahead), now=now)
            owned = Owned(one_code=await repository.code_owners(tx, tuple(ahead.values())))
            for drawn in self._issues(space, tuple(ahead.values()), parts.doors, new, parts.site.tz, owned):
                given = drawn.keeping(open_now)
                windows += sum(
                    after != open_now.get(each, self.window(ahead[each].during, old)) and after.end > now
                    for each, after in given.windows.items()
                )
                for each in sorted(await self._access.reshaped(tx, given, now=now)):
                    opens_now = self.window(ahead[each].during, old).start <= now
                    (running if opens_now else coming).append(ahead[each])
        by_start = lambda each: (each.starts, each.id)  # noqa: E731
        return CodeEffect(
            running=tuple(sorted(running, key=by_start)), coming=tuple(sorted(coming, key=by_start)), windows=windows
        )

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        doors = _changed(before, after)
        names = [door.name for door in after.doors if door.id in doors]
        text = "bookings get a new door code, because the code length changes at: "
        return ChangePreview(notes=(text + ", ".join(names),)) if names else ChangePreview()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        """Bookings get codes of the new length at once; those of the old one end with the next plan."""
        doors = _changed(before, after)
        for space in after.spaces:
            if doors & set(space.doors):
                await self.follow_doors(tx, space, now)

    async def _ahead(self, tx: Tx, space: Space, now: datetime) -> list[Booking]:
        return await repository.ahead(tx, space.site, space.id, after=now - LONGEST_LAG)


def _same_sharers(site_config: SiteConfig, change: Changed) -> bool:
    before, zone = change.before, site_config.site.tz
    if before is None or before.party != change.after.party:
        return False
    # When a series is cut in two, its second half gets a new id and keeps the code.
    after = msgspec.structs.replace(change.after, series_id=before.series_id)
    rule = site_config.policy.code_rule(after.space)
    return rule == site_config.policy.code_rule(before.space) and owner(rule, before, zone) == owner(rule, after, zone)


async def lingering(tx: Tx, site: str, *, now: datetime) -> list[LingeringCode]:
    """Every code of a site that should be off its door but may still open it, with its owner."""
    found = await lingering_grants(tx, site, now=now)
    known = {each.id: each for each in await repository.some(tx, sorted({each.booking_id for each in found}))}
    return [
        LingeringCode(
            title=was.title,
            whose=Thing(site=site, party=was.party),
            off="" if was.certain else words_of(BookingStatus(was.state.value)),
            grant=each,
        )
        for each in found
        if (was := known.get(each.booking_id)) is not None
    ]


def _changed(before: SiteParts, after: SiteParts) -> set[str]:
    old = {door.id: door.code_length for door in before.doors}
    return {door.id for door in after.doors if old.get(door.id, door.code_length) != door.code_length}
