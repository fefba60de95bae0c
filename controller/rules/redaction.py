"""What the actor may see of the bookings behind a verdict: of other people's bookings, a booker sees only that the time
is taken. Every reason is built from the redacted facts. Pure."""

from msgspec.structs import replace

from controller.diary.model import Claimed
from controller.people.model import Actor
from controller.people.permissions import Thing
from controller.people.redaction import TAKEN, Seen, seen
from controller.rules.facts import Facts


def as_seen(facts: Facts, actor: Actor, site: str) -> Facts:
    """The facts about requests of one site, as far as the actor may see them."""
    hidden = {party for party in _parties(facts) if seen(actor, Thing(site=site, party=party)) is Seen.TAKEN}
    if not hidden:
        return facts

    def shown(booking: Claimed) -> Claimed:
        if booking.party not in hidden:
            return booking
        return replace(booking, title=TAKEN, party=None, diary="", hidden=True)

    return Facts(
        neighbours=tuple(replace(each, booking=shown(each.booking)) for each in facts.neighbours),
        equipment=tuple(replace(each, booking=shown(each.booking)) for each in facts.equipment),
        pools=tuple(replace(each, booking=shown(each.booking)) for each in facts.pools),
        spent=tuple(shown(each) for each in facts.spent),
    )


def _parties(facts: Facts) -> set[str | None]:
    found = {each.booking.party for each in facts.neighbours}
    found |= {each.booking.party for each in (*facts.equipment, *facts.pools)}
    return found | {each.party for each in facts.spent}
