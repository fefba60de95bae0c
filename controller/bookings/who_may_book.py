"""Who may book, change, cancel and confirm a booking, and for which party."""

from controller.bookings.diary.model import Booking
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may, parties_of
from controller.platform.web.problem import invalid_field


def party_for(party: str | None, actor: Actor, site: str | None) -> str | None:
    """The party that a booking is for where ``party`` is named, or none: who books for one party only need not name
    it. Raises ``Invalid`` where they book for several. Without a site: at any of theirs."""
    own = parties_of(actor, Action.BOOK, site)
    if party is not None or not own:
        return party
    if len(own) > 1:
        raise invalid_field("party", f"you book for {' and '.join(sorted(own))}; name the one that this is for")
    return next(iter(own))


def require_allowed(actor: Actor, site: str, party: str | None, *, overrule: bool = False) -> None:
    """Raises ``NotAllowed`` where the actor may not book there for the party. ``overrule``: past buffers too."""
    thing = Thing(site=site, party=party)
    require(actor, Action.BOOK, thing)
    if overrule:
        require(actor, Action.DECIDE, thing)


def may_book(actor: Actor, booking: Booking) -> bool:
    """Whether the actor may change or cancel it."""
    return may(actor, Action.BOOK, Thing(site=booking.site, party=booking.party))


def may_decide(actor: Actor, booking: Booking) -> bool:
    """Whether the actor may confirm it."""
    return may(actor, Action.DECIDE, Thing(site=booking.site, party=booking.party))


def require(actor: Actor, action: Action, thing: Thing) -> None:
    """Raises ``NotAllowed``."""
    if not may(actor, action, thing):
        raise NotAllowed(actor, action, thing)
