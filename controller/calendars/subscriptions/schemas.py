"""What subscriptions take and answer."""

from pydantic import model_validator

from controller.calendars.subscriptions.model import Linked, Shows, SubscriptionDraft
from controller.web.fields import Answer, Body, Line, Slug, answer_of


class SubscriptionBody(Body):
    """Of a site, of a ``space`` of it, or of a ``party``: a group, an organisation, or a person with their groups.
    ``shows``: that the time is taken, titles, or contacts too. ``name``: left out, that of what it is of."""

    site: Slug | None = None
    space: Slug | None = None
    party: Slug | None = None
    shows: Shows = Shows.TAKEN
    name: Line = ""

    @model_validator(mode="after")
    def _of_one(self) -> "SubscriptionBody":
        if (self.site is None) == (self.party is None):
            raise ValueError("give a site, with or without a space of it, or a party, and not both")
        if self.space is not None and self.site is None:
            raise ValueError("give the site that the space is in")
        return self

    def wanted(self) -> SubscriptionDraft:
        return SubscriptionDraft(name=self.name, shows=self.shows, site=self.site, space=self.space, party=self.party)


class SubscriptionAnswer(Answer):
    """``link``: the address to put into a calendar program, a secret: who has it sees what it shows."""

    id: str
    name: str
    shows: Shows
    site: str | None
    space: str | None
    party: str | None
    link: str
    created_at: str
    created_by: str


class SubscriptionPage(Answer):
    """``next``: give it as ``after`` for the next page; null on the last one."""

    items: list[SubscriptionAnswer]
    next: str | None


def subscription_answer(linked: Linked) -> SubscriptionAnswer:
    each = linked.subscription
    return answer_of(SubscriptionAnswer, each, link=linked.link, created_at=each.created_at.isoformat())
