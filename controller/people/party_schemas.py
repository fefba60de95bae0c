"""What parties take and answer."""

from datetime import UTC
from typing import Annotated

from pydantic import StringConstraints

from controller.people.model import Membership, Party, PartyDraft, PartyKind, Tier
from controller.people.optimistic_locking import version_of
from controller.platform.web.fields import (
    Answer,
    Body,
    DateText,
    Day,
    Email,
    Line,
    LocalTime,
    Name,
    Note,
    Page,
    Slug,
    Versioned,
    Yes,
    answer_of,
)

Search = Annotated[str, StringConstraints(max_length=200)]


class PartyBody(Body):
    """``tier``: null for that of its organisation. ``organisation``: the one it is part of. ``responsible``: the person
    who answers for it. ``site``: to which it belongs, so that who keeps that site changes it; null for the estate,
    which needs all sites. Left out, it stays where it is; a new one is of your site if you have just one, else of the
    estate.
    ``one_off``: a person who hires once, whose personal data are deleted soon after their last booking. ``ended``: it
    can no longer book."""

    kind: PartyKind
    name: Name
    tier: Tier | None = None
    organisation: Slug | None = None
    responsible: Slug | None = None
    site: Slug | None = None
    contact_name: Line = ""
    contact_phone: Line = ""
    contact_email: Email = ""
    notes: Note = ""
    one_off: Yes = False
    ended: bool = False

    def draft(self) -> PartyDraft:
        return PartyDraft(**self.model_dump(exclude={"version"}))


class PutPartyBody(PartyBody, Versioned):
    __doc__ = PartyBody.__doc__

    @property
    def says_site(self) -> bool:
        """Whether it says to which site it is to belong."""
        return "site" in self.model_fields_set


class PartyAnswer(Answer):
    """``tier`` is its own, ``counts_as`` the one that applies. Times are in UTC."""

    id: str
    kind: PartyKind
    name: str
    tier: Tier | None
    counts_as: Tier
    organisation: str | None
    responsible: str | None
    site: str | None
    contact_name: str
    contact_phone: str
    contact_email: str
    notes: str
    one_off: bool
    ended: bool
    ended_at: LocalTime | None
    forgotten_at: LocalTime | None
    version: int


class PartyPage(Page[PartyAnswer]): ...


class MemberBody(Body):
    """``role``: in words, such as "treasurer". ``until``: the last day."""

    role: Line = ""
    since: Day | None = None
    until: Day | None = None


class PutMemberBody(MemberBody, Versioned):
    __doc__ = MemberBody.__doc__


class MemberAnswer(Answer):
    member: str
    name: str
    role: str
    since: DateText | None
    until: DateText | None
    version: int


class MemberPage(Page[MemberAnswer]): ...


def party_answer(party: Party) -> PartyAnswer:
    return answer_of(
        PartyAnswer,
        party,
        UTC,
        tier=party.own_tier,
        counts_as=party.tier,
        ended=party.ended_at is not None,
        version=version_of(party.draft),
    )


def member_answer(membership: Membership) -> MemberAnswer:
    return answer_of(MemberAnswer, membership, version=version_of(membership))
