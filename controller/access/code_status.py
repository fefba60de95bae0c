"""The status of a booking's code: is it on the doors, what is it waiting for, what does it still open. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.access.code_generation import NewGrant
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.text import times
from edge.wire.interval import Interval
from edge.wire.plan import HORIZON


class CodeState(StrEnum):
    ON = "on"
    LATER = "later"
    """Not due yet: plans reach no further than ``HORIZON``."""
    WAITING = "waiting"
    UNREACHABLE = "unreachable"
    """Waiting, and the door's edge is offline."""
    REMOVING = "removing"
    """No longer wanted, but the door has not said that it is gone."""
    GONE = "gone"
    NONE = "none"
    """There is no door to be on."""


_MISSING = (CodeState.UNREACHABLE, CodeState.WAITING, CodeState.LATER)
"""Not on the door, the worst first."""


class HeldGrant(msgspec.Struct, frozen=True, kw_only=True):
    """One grant with what is known of its door. ``offline_since`` is ``None`` while the edge is online
    or was never heard of."""

    booking_id: str
    door: str
    door_name: str
    code_key: bytes
    window: Interval
    ended_at: datetime | None
    on_version: int | None
    on_at: datetime | None
    off_version: int | None
    off_at: datetime | None
    offline_since: datetime | None

    @classmethod
    def fresh(cls, new: NewGrant, *, door_name: str, offline_since: datetime | None) -> "HeldGrant":
        """One that was just written and is in no plan yet."""
        return cls(
            booking_id=new.booking_id,
            door=new.door,
            door_name=door_name,
            code_key=new.code_key,
            window=new.window,
            ended_at=None,
            on_version=None,
            on_at=None,
            off_version=None,
            off_at=None,
            offline_since=offline_since,
        )

    def state(self, now: datetime) -> CodeState:
        """What this one grant does at its door."""
        if self.ended_at is None:
            if self.window.end <= now:
                return CodeState.GONE
            if self.on_at is not None:
                return CodeState.ON
            if self.window.start - HORIZON > now:
                return CodeState.LATER
            return CodeState.WAITING if self.offline_since is None else CodeState.UNREACHABLE
        lingers = self.on_version is not None and self.off_at is None and self.window.end > now
        return CodeState.REMOVING if lingers else CodeState.GONE

    @property
    def surely_there(self) -> bool:
        """Of one that has ended: the door had it, and no plan without it can have reached the door."""
        if self.on_at is None or self.ended_at is None or self.off_at is not None:
            return False
        cut = self.offline_since
        return self.off_version is None or (cut is not None and cut <= self.ended_at)

    def since(self, now: datetime) -> datetime | None:
        """Since when it is in its state, where that is known."""
        match self.state(now):
            case CodeState.ON:
                return self.on_at
            case CodeState.UNREACHABLE:
                return self.offline_since
            case CodeState.REMOVING:
                return self.ended_at
            case CodeState.GONE:
                return self.off_at or (self.window.end if self.window.end <= now else self.ended_at)
            case _:
                return None


class BookingDoorStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One door of a booking."""

    door: str
    name: str
    state: CodeState
    since: datetime | None
    text: str


class CodeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """All doors of a booking. ``still_opens``: what a code opens that should no longer. ``after_cancel``: what it
    would still open after a cancel now, since the door is offline; empty where nothing. ``open_window``: that of a code
    which opens now, which a later change of the policy may have kept."""

    state: CodeState
    text: str
    doors: tuple[BookingDoorStatus, ...] = ()
    still_opens: tuple[str, ...] = ()
    after_cancel: str = ""
    open_window: Interval | None = None


def open_window(grants: Iterable[HeldGrant], now: datetime) -> Interval | None:
    """When the code of a booking opens that opens a door now; ``None`` if it does not."""
    return next((each.window for each in grants if each.ended_at is None and now in each.window), None)


def code_status(grants: Sequence[HeldGrant], *, off: str, now: datetime, zone: ZoneInfo) -> CodeStatus:
    """The code status of one booking, from all grants it ever had. A moved booking has both ended and live grants.

    ``off``: why it has no code now, such as “cancelled”; empty where it has one.
    """
    live = [grant for grant in grants if grant.ended_at is None]
    ended = [grant for grant in grants if grant.ended_at is not None]
    lingering = [grant for grant in ended if _lingers(grant, now)]
    # The last one of a door is the one shown.
    ended.sort(key=lambda grant: _lingers(grant, now))
    if not off:
        live = [_as_on(grant, lingering) for grant in live]
        longer = [
            old for old in lingering if not any(_same_code(old, grant) and old.window == grant.window for grant in live)
        ]
        old = tuple(f"the code still opens {_reach([grant], zone, now)}, as before the change" for grant in longer)
        state, text = _live(live, zone, now) if live else (CodeState.NONE, "no door needs a code")
        cut = [grant for grant in (*live, *lingering) if grant.offline_since is not None]
        kept = [each for each in (msgspec.structs.replace(grant, ended_at=now) for grant in cut) if _lingers(each, now)]
        return CodeStatus(
            state=state,
            text=text,
            doors=_doors(live, zone, now),
            still_opens=old,
            after_cancel=f"its code still opens {_reach(kept, zone, now)}" if kept else "",
            open_window=open_window(live, now),
        )
    if lingering:
        text = f"{off}, but its code still opens {_reach(lingering, zone, now)}"
        # A code and an offline code of the same door and end give one text.
        still = tuple(dict.fromkeys(f"its code still opens {_reach([grant], zone, now)}" for grant in lingering))
        return CodeStatus(state=CodeState.REMOVING, text=text, doors=_doors(ended, zone, now), still_opens=still)
    if ended:
        return CodeStatus(
            state=CodeState.GONE, text=f"{off}; {_gone(ended, zone, now)}", doors=_doors(ended, zone, now)
        )
    return CodeStatus(state=CodeState.NONE, text=f"{off}; no door has its code")


def _lingers(grant: HeldGrant, now: datetime) -> bool:
    return grant.state(now) is CodeState.REMOVING


def _as_on(grant: HeldGrant, lingering: Sequence[HeldGrant]) -> HeldGrant:
    """The grant, on its door already where one that lingers there opens with the same code all its time: so it is
    after a restore or a move back of which the door has not heard."""
    since = [
        old.on_at
        for old in lingering
        if old.on_at is not None
        and old.surely_there
        and _same_code(old, grant)
        and old.window.start <= grant.window.start
        and grant.window.end <= old.window.end
    ]
    return grant if grant.on_at is not None or not since else msgspec.structs.replace(grant, on_at=min(since))


def _same_code(one: HeldGrant, other: HeldGrant) -> bool:
    return (one.door, one.code_key) == (other.door, other.code_key)


def _live(grants: Sequence[HeldGrant], zone: ZoneInfo, now: datetime) -> tuple[CodeState, str]:
    states = {grant.state(now) for grant in grants}
    if states == {CodeState.GONE}:
        return CodeState.GONE, f"its time was over at {times.at(max(g.window.end for g in grants), zone, now=now)}"
    missing = [grant for grant in grants if grant.state(now) in _MISSING]
    if not missing:
        since = max(grant.on_at for grant in grants if grant.on_at is not None)
        return CodeState.ON, f"on the door since {times.at(since, zone, now=now)}"
    state = next(each for each in _MISSING if each in states)
    if state is CodeState.LATER:
        due = missing[0].window.start - HORIZON
        return state, f"goes on the door from {times.day(due, zone, now=now)}"
    names = [grant.door_name + _offline(grant, zone, now) for grant in missing]
    return state, f"waiting for {times.listed(names)}"


def _gone(grants: Sequence[HeldGrant], zone: ZoneInfo, now: datetime) -> str:
    acknowledged = [grant.off_at for grant in grants if grant.off_at is not None]
    if acknowledged:
        return f"code off the door since {times.at(max(acknowledged), zone, now=now)}"
    if any(grant.on_version is not None for grant in grants):
        return f"its code ended at {times.at(max(g.window.end for g in grants), zone, now=now)}"
    return "its code was never on the door"


def _reach(grants: Sequence[HeldGrant], zone: ZoneInfo, now: datetime) -> str:
    """“Front door until 22:00 (offline since 14:02)”, doors that say the same named together."""
    together: dict[tuple[datetime, datetime | None], list[HeldGrant]] = {}
    for grant in grants:
        together.setdefault((grant.window.end, grant.offline_since), []).append(grant)
    return times.listed(
        [
            f"{times.listed(list(dict.fromkeys(grant.door_name for grant in group)))}"
            f" until {times.at(until, zone, now=now)}{_offline(group[0], zone, now)}"
            for (until, _), group in together.items()
        ]
    )


def _offline(grant: HeldGrant, zone: ZoneInfo, now: datetime) -> str:
    since = grant.offline_since
    return "" if since is None else f" (offline since {times.at(since, zone, now=now)})"


def _doors(grants: Iterable[HeldGrant], zone: ZoneInfo, now: datetime) -> tuple[BookingDoorStatus, ...]:
    found: list[BookingDoorStatus] = []
    for grant in {grant.door: grant for grant in grants}.values():
        state, since = grant.state(now), grant.since(now)
        when = "" if since is None else f" since {times.at(since, zone, now=now)}"
        match state:
            case CodeState.ON:
                text = f"on the door{when}"
            case CodeState.LATER:
                text = f"goes on the door from {times.day(grant.window.start - HORIZON, zone, now=now)}"
            case CodeState.WAITING | CodeState.UNREACHABLE:
                text = f"not on the door yet{_offline(grant, zone, now)}"
            case CodeState.REMOVING:
                text = f"still opens until {times.at(grant.window.end, zone, now=now)}{_offline(grant, zone, now)}"
            case _:
                text = f"off the door{when}"
        found.append(BookingDoorStatus(door=grant.door, name=grant.door_name, state=state, since=since, text=text))
    return tuple(found)


class LingeringCode(msgspec.Struct, frozen=True, kw_only=True):
    """A grant that should be off its door and is not known to be, with whose it was: a booking's ``title``, and
    ``whose`` that is. ``off``: why the booking has no code now; empty after a move, when it has another one."""

    title: str
    whose: Thing
    off: str
    grant: HeldGrant


def lingering_texts(
    found: Iterable[LingeringCode],
    *,
    doors: Iterable[str],
    window: Interval,
    zone: ZoneInfo,
    now: datetime,
    actor: Actor,
) -> tuple[str, ...]:
    """Warnings for the booking that has ``doors`` during ``window``: whose old code still opens them then, as far as
    the actor may see it."""
    wanted = frozenset(doors)
    return tuple(
        f"the code of {_title(each, actor)} ({each.off or 'moved'}) still opens {_reach([each.grant], zone, now)}"
        for each in found
        if each.grant.door in wanted
        and each.grant.window.overlaps(window)
        and each.grant.state(now) is CodeState.REMOVING
    )


def _title(each: LingeringCode, actor: Actor) -> str:
    return f"“{each.title}”" if may(actor, Action.DETAILS, each.whose) else "another booking"
