"""The parts of the live page's snapshot of a site. Times are RFC 3339 with the site's offset."""

import msgspec

from controller.alerts.catalogue import Severity
from controller.telemetry.alert_codes import AlertCode


class GapView(msgspec.Struct, frozen=True, kw_only=True):
    starts: str = msgspec.field(name="from")
    ends: str = msgspec.field(name="to")


class OccupancyView(msgspec.Struct, frozen=True, kw_only=True):
    """How many people are inside, as ``GET /sites/{site}/occupancy`` answers: from ``low`` to ``high`` in nine of ten
    cases. ``state``: measured or uncertain."""

    state: str
    people: int
    low: int
    high: int
    capacity: int | None
    full: bool
    rests_on: str
    missing: list[str]


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    """In less out: ``estimate`` ± ``error``, counted since ``since`` except in ``gaps``, when no counter's agent ran.
    ``stale_since``: since when an edge that counts is offline; None while all are online."""

    estimate: int
    error: int
    since: str
    stale_since: str | None
    gaps: list[GapView]


class EdgeView(msgspec.Struct, frozen=True, kw_only=True):
    """``outbox_behind``: events it has that are not committed here. ``health``: counters, its own and ours.
    ``plan_refused``: why it refused its newest plan; None where it did not. ``revoked_at``: since when it has been
    revoked and waits for a new token; None where it is not revoked."""

    id: str
    name: str
    online: bool
    since: str | None
    plan_version: int | None
    applied_version: int | None
    plan_refused: str | None
    revoked_at: str | None
    trust: str | None
    outbox_behind: int
    health: dict[str, int]


class Last(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    text: str


class FaultView(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` and ``part`` say which fault it is; ``text`` says it in words, ``hint`` what to do about it."""

    code: str
    part: str
    text: str
    hint: str


class DoorView(msgspec.Struct, frozen=True, kw_only=True):
    """``mode``: free, code, locked, or None where that is not known. ``alarm``: fire, forced, held, glass (its
    break-glass unit is broken). ``faults``: of its lock, contacts or button. ``codes_wait_until``: too many wrong codes
    were typed, so that none is taken until then. ``since``: when it became so; ``at``: when that was
    last reported. ``stale``: its edge is offline, so this is how it was."""

    id: str
    edge: str
    name: str
    mode: str | None
    contact: str
    lock: str
    alarm: str | None
    faults: list[FaultView]
    codes_wait_until: str | None
    since: str | None
    at: str | None
    stale: bool
    last: Last | None


class FireView(msgspec.Struct, frozen=True, kw_only=True):
    """An edge that says fire: ``active`` while its line does; ``latched`` when it no longer does, and the doors stay
    as in a fire until a key holder is let in there."""

    edge: str
    state: str
    since: str
    stale: bool


class AreaView(msgspec.Struct, frozen=True, kw_only=True):
    """An area of the intruder alarm: ``unset``, ``warning`` (about to set), ``set`` or ``triggered``, ``since`` when
    and by ``why``. ``withheld``: why it does not set by itself although it is closed and quiet."""

    id: str
    edge: str
    state: str
    since: str | None
    why: str | None
    withheld: str | None
    stale: bool


class CounterView(msgspec.Struct, frozen=True, kw_only=True):
    """The counts are None where nothing has come in of today and its edge is offline. ``passages_today``: of a counter
    that does not tell in from out, instead of who came in and who went out; two are a visit. ``not_counting_since``:
    since when a fault keeps it from counting."""

    id: str
    edge: str
    door: str | None
    ins_today: int | None
    outs_today: int | None
    passages_today: int | None
    faults: list[FaultView]
    not_counting_since: str | None
    at: str
    stale: bool


class MotionView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    zone: str
    active: bool
    since: str
    at: str
    stale: bool


class WifiView(msgspec.Struct, frozen=True, kw_only=True):
    """``stations`` is None where its source could not be read. ``fixed``: how many are there at night too, such as
    printers; None where that is not learned yet."""

    id: str
    zone: str
    stations: int | None
    fixed: int | None
    at: str
    stale: bool


class ModeView(msgspec.Struct, frozen=True, kw_only=True):
    mode: str
    until: str


class OutageView(msgspec.Struct, frozen=True, kw_only=True):
    edge: str
    starts: str = msgspec.field(name="from")
    ends: str = msgspec.field(name="to")


class AlertView(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert, the most serious first. ``id``: to acknowledge it by; None for a moment, and for the controller's
    clock. ``kind``: its code; ``duress`` comes before all else but fire. ``at``: since when. ``hint``: what to do.
    ``edge``: empty where it is not of one. ``about``: the door, area, edge or other device. ``over_since``: it no
    longer holds, and is cleared if that stays so. ``snoozed_until``: nobody is called before that."""

    id: str | None
    kind: AlertCode
    severity: Severity
    at: str
    text: str
    hint: str
    edge: str
    about: str
    over_since: str | None
    acknowledged_at: str | None
    acknowledged_by: str
    snoozed_until: str | None


class OverrideDoorView(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: on, waiting, unreachable, removing or gone. ``holds``: whether it decides at the door now."""

    door: str
    state: str
    holds: bool
    text: str


class OverrideView(msgspec.Struct, frozen=True, kw_only=True):
    """An override that is in force, is planned, or was ended and may still be on a door (``ended``)."""

    id: str
    kind: str
    whole: bool
    starts: str
    ends: str
    ended: bool
    doors: list[OverrideDoorView]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot"):
    """A site as it is known now. Times carry the site's offset. ``occupancy``: None where no door has a counter, and
    while it is not known, as before anybody has passed. ``restored``: how many restored entries wait for a decision.
    ``acts`` is different from what it was whenever a command or an override was asked for, answered or ended, or one
    of those things was decided. ``floor_plan``: the version of its floor plan, None where it shows none."""

    at: str
    site: str
    zone: str
    mode: ModeView
    people: PeopleView | None
    occupancy: OccupancyView | None
    edges: list[EdgeView]
    fires: list[FireView]
    areas: list[AreaView]
    doors: list[DoorView]
    counters: list[CounterView]
    motion: list[MotionView]
    wifi: list[WifiView]
    outages: list[OutageView]
    alerts: list[AlertView]
    recent: list[Last]
    overrides: list[OverrideView]
    restored: int
    acts: str
    floor_plan: int | None


class SiteRef(msgspec.Struct, frozen=True, kw_only=True):
    """A site that is watched beside others."""

    id: str
    name: str
    zone: str


class WallAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert as a wall shows it: nobody is named in it. ``site``: empty for the controller. ``at``: since when,
    None where that is not known. ``text`` is empty on a paired screen where it may say more than which door or device
    it is."""

    site: str
    site_name: str
    kind: AlertCode
    severity: Severity
    about: str
    text: str
    at: str | None
    over_since: str | None = None
    acknowledged_at: str | None = None
    snoozed_until: str | None = None


class WallView(msgspec.Struct, frozen=True, kw_only=True, tag="alerts"):
    """What needs somebody at the watched sites. ``off``: how many of them do without some kind of alert. ``build``:
    names the pages that the controller has. ``at``: the controller's time, in UTC."""

    at: str
    sites: list[SiteRef]
    items: list[WallAlert]
    off: int
    build: str
