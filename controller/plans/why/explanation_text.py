"""An explanation in sentences: what was decided, on which grant, window, mode, override, clock and plan. Pure. It never
says the code."""

from collections.abc import Iterator

from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.why.replay_decision import Explained
from controller.platform.text import times
from edge.wire.access_decision import ClockTrust, Reason, reason_text
from edge.wire.credentials import CredentialKind, Method
from edge.wire.event_text import happened
from edge.wire.plan import Mode, OverrideKind

_METHODS = {
    Method.CODE: "a typed code",
    Method.CARD: "a card",
    Method.CARD_PIN: "a card with a PIN",
    Method.QR: "what it opens with",
    Method.OFFLINE_CODE: "an offline code",
}
_KINDS = {
    CredentialKind.BOOKING_CODE: "the code of a booking",
    CredentialKind.OFFLINE_CODE: "an offline code",
    CredentialKind.MEMBER_CARD_PIN: "a library member's card with its PIN",
    CredentialKind.STAFF: "a member of staff's",
    CredentialKind.KEY_HOLDER: "a key holder's",
    CredentialKind.CONTRACTOR: "a contractor's",
}
_ACCEPTED = {
    CredentialKind.BOOKING_CODE: "booking codes",
    CredentialKind.OFFLINE_CODE: "offline codes",
    CredentialKind.MEMBER_CARD_PIN: "members' cards with PIN",
    CredentialKind.STAFF: "staff",
    CredentialKind.KEY_HOLDER: "key holders",
    CredentialKind.CONTRACTOR: "contractors",
}
_MODES = {Mode.CLOSED: "closed", Mode.STAFFED: "staffed", Mode.EXTENDED: "open to members, without staff"}
_OVERRIDES = {
    OverrideKind.LOCK_DOWN: "locked down",
    OverrideKind.HOLD_OPEN: "held open",
    OverrideKind.OUT_OF_SERVICE: "out of service",
}
_TRUST = {
    ClockTrust.SYNCED: "was set by its source",
    ClockTrust.HOLDOVER: "had lost its time source and ran on its own",
    ClockTrust.UNPROVEN: "could not be trusted",
}


def sentences(found: Explained, actor: Actor) -> list[str]:
    """All there is to say, the decision first."""
    return [each for each in _sentences(found, actor) if each]


def _sentences(found: Explained, actor: Actor) -> Iterator[str]:
    decision, zone, at = found.decision, found.place.site.tz, found.question.at
    when = f"{times.clock(at, zone)} on {times.day(at, zone, now=found.now)}"
    if found.past:
        opened = "opened" if decision.granted else "stayed locked"
    else:
        opened = "will open, by the present plan," if decision.granted else "will stay locked, by the present plan,"
    why = reason_text(decision.reason, decision.method)
    yield f"At {when}, {found.door.name} {opened} to {_METHODS[decision.method]}: {why}."
    yield _whose(found, actor)
    if found.unlisted:
        yield "That plan does not list it; such an offline code opens only while the door does not hear the controller."
    yield _window(found)
    yield _mode(found)
    yield _override(found)
    yield _clock(found)
    yield _plan(found)
    for each in found.reported:
        said = happened(each.data)
        yield f"The door itself reported at {times.clock(each.at, zone)}:{each.at:%S}: {said}." if said else ""


def _whose(found: Explained, actor: Actor) -> str:
    decision = found.decision
    if decision.kind is None:
        if decision.reason in (Reason.UNKNOWN, Reason.PASS_UNKNOWN):
            if found.secret_gone:
                return "That plan's codes cannot be recognised any more: the secret it was made with was deleted."
            if found.kept_out is not None:
                return _kept_out(found.kept_out, actor, found.question.site)
            return "No grant of that plan for this door has it."
        return ""
    text = f"It is {_KINDS[decision.kind]}"
    if found.booking is not None:
        title = found.booking.title
        hidden = not may(actor, Action.DETAILS, Thing(site=found.booking.site, party=found.booking.party))
        space = found.place.by_space.get(found.booking.space)
        text += ": " + ("somebody's" if hidden else f"“{title}”") + (f", {space.space.name}" if space else "")
    elif found.holder and may(actor, Action.KEYS, Thing(site=found.question.site)):
        text += f": {found.holder}"
    return text + (", the one for duress." if decision.duress else ".")


_HINTS = (
    ("is suspended", "`hallkeeper members suspend NUMBER --lift` lets them in again"),
    ("is no longer", "if that is wrong, import the library's list again with `hallkeeper members import`"),
    ("has a membership", "once the library has renewed it, import its list with `hallkeeper members import`"),
    ("has had no induction", "record the day of their induction at this site"),
    ("has the induction", "from that day on the card opens; record another day if that is wrong"),
    ("has no PIN", "the library has to set one; then import its list with `hallkeeper members import`"),
    ("must be", "the date of birth comes with the library's list, and the least age is set in the site's rules"),
)
"""What to do about each beginning of what ``against`` answers."""


def _kept_out(why: str, actor: Actor, site: str) -> str:
    """About a member whom the plan does not let in. Only key keepers see what the library says about them."""
    if not may(actor, Action.KEYS, Thing(site=site)):
        return "It is a library member's, and no grant of that plan has it; the person who keeps the keys can see why."
    if not why:
        return (
            "It is a library member's, and nothing prevents it today; that plan does not have them yet, "
            "and the next one will."
        )
    hint = next(hint for begins, hint in _HINTS if why.startswith(begins))
    return f"It is a library member's, who {why}: {hint}."


def _window(found: Explained) -> str:
    zone, at = found.place.site.tz, found.question.at
    windows = found.grant.windows if found.grant is not None else ()
    if found.decision.offline is not None:
        windows = (found.decision.offline.during,)
    if not windows:
        return ""
    near = min(windows, key=lambda each: (at not in each, abs(each.start - at)))
    if near.end.year > at.year + 100:
        return f"It works from {times.at(near.start, zone, now=at)} on, without end."
    more = f", and at {len(windows) - 1} other times in that plan" if len(windows) > 1 else ""
    return f"It works from {times.at(near.start, zone, now=at)} until {times.at(near.end, zone, now=at)}{more}."


def _mode(found: Explained) -> str:
    span, zone, at = found.span, found.place.site.tz, found.question.at
    if span is None or found.plan is None or at >= found.plan.manifest.horizon:
        return ""
    accepted = times.listed([_ACCEPTED[kind] for kind in span.accepts]) or "nobody"
    door = "open to everybody" if span.free else f"locked, and accepted {accepted}"
    until = f" until {times.at(span.during.end, zone, now=at)}" if span.during.end.year < at.year + 100 else ""
    return f"The building was planned to be {_MODES[found.mode]}; the door was {door}{until}."


def _override(found: Explained) -> str:
    override = found.override
    if override is None:
        return ""
    zone, at = found.place.site.tz, found.question.at
    since, until = times.at(override.during.start, zone, now=at), times.at(override.during.end, zone, now=at)
    return f"By an override it was {_OVERRIDES[override.kind]} from {since} until {until}."


def _clock(found: Explained) -> str:
    if found.plan is None:
        return ""
    if found.assumed:
        return "This assumes that the door's clock is right."
    return f"The door's clock {_TRUST[found.trust]}."


def _plan(found: Explained) -> str:
    plan, zone, now = found.plan, found.place.site.tz, found.now
    if plan is None:
        return "" if not found.past else "As far as is known, the door had no plan then."
    made = times.at(plan.compiled_at, zone, now=now)
    since = (
        "which the door has not confirmed yet"
        if plan.applied_at is None
        else (f"which the door had since {times.at(plan.applied_at, zone, now=now)}")
    )
    ends = times.at(plan.manifest.horizon, zone, now=now)
    return f"This is by plan {plan.manifest.version}, made at {made}, {since}, and which ends at {ends}."
