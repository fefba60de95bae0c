"""What hire requests take and answer."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from controller.billing.answers import QuoteAnswer, quote_answer
from controller.billing.hire_requests.model import AcceptedTerms, HireChange, HireCheck, HireDraft, HireOptions
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingStatus, Draft
from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.errors import reason_bodies
from controller.bookings.schemas import People
from controller.estate.model import SpaceKind
from controller.find.answers import ProposalAnswer, proposal_answer
from controller.people.account_mails.schemas import MailAddressBody, MailProofBody
from controller.platform.text import local_time, times
from controller.platform.web.fields import (
    Answer,
    Body,
    LocalTime,
    MomentText,
    Name,
    Note,
    Slug,
    Yes,
    answer_of,
    read_moment,
)
from controller.platform.web.problem import ReasonBody

_PHONE = re.compile(r"\+?[0-9 ()./-]+", re.ASCII)
_LEAST_DIGITS, _MOST_DIGITS = 7, 15  # ITU-T E.164: 15 with the country code


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text) or not _LEAST_DIGITS <= sum(each.isdigit() for each in text) <= _MOST_DIGITS:
        raise ValueError("must be a telephone number like 01487 555 0123 or +44 1487 555 0123")
    return text


Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), AfterValidator(_phone)]
TermsVersion = Annotated[str, StringConstraints(pattern="^[0-9a-f]{12}$")]


class HireTimeBody(Body):
    """Where and when. ``starts``, ``ends``: with an offset, or the site's local time. ``layout``: left out, the space's
    default."""

    space: Slug
    layout: Slug | None = None
    starts: MomentText
    ends: MomentText

    def change(self) -> HireChange:
        starts, ends = read_moment(self.starts), read_moment(self.ends)
        return HireChange(space=self.space, layout=self.layout, starts=starts, ends=ends)


class HireCheckBody(HireTimeBody):
    """``people``: how many come. ``under_16s``: whether people under 16 come."""

    site: Slug
    people: People
    under_16s: Yes = False

    def asked(self) -> HireDraft:
        return HireDraft(site=self.site, draft=self._draft(title="", name="", phone="", email=""), terms_version="")

    def _draft(self, *, title: str, name: str, phone: str, email: str, notes: str = "") -> Draft:
        return Draft(
            space=self.space,
            layout=self.layout,
            starts=read_moment(self.starts),
            ends=read_moment(self.ends),
            people=self.people,
            under_16s=self.under_16s,
            title=title,
            notes=notes,
            contact_name=name,
            contact_phone=phone,
            contact_email=email,
        )


class HireRequestBody(MailAddressBody, HireCheckBody):
    """``title``: what it is for, such as "Children's party". ``name``, ``phone``, ``email``: of the person who asks.
    ``terms_version``: of the hire terms that they accept, from `GET /sites/{site}/hire-options`."""

    title: Name
    name: Name
    phone: Phone
    notes: Note = ""
    terms_version: TermsVersion

    def asked(self) -> HireDraft:
        draft = self._draft(title=self.title, name=self.name, phone=self.phone, email=self.email, notes=self.notes)
        return HireDraft(site=self.site, draft=draft, terms_version=self.terms_version)


class HireConfirmBody(MailProofBody):
    """``terms_version``: of hire terms that were accepted since the request, where they have changed. ``instead``:
    where and when, in place of what was asked for."""

    terms_version: TermsVersion | None = None
    instead: HireTimeBody | None = None


class HireLayoutAnswer(Answer):
    id: str
    name: str
    holds: int | None


class HireSpaceAnswer(Answer):
    """``holds``: people, in the default layout; null where nobody has said."""

    id: str
    name: str
    kind: SpaceKind
    holds: int | None
    step_free: bool
    layouts: list[HireLayoutAnswer]


class HireOptionsAnswer(Answer):
    """What can be asked for. ``now``: the controller's time. ``mail``: whether a mail server is set up, without which
    no request can be confirmed. ``confirms``: a request may be confirmed at once; otherwise a manager decides on
    each."""

    now: LocalTime
    site: str
    site_name: str
    address: str
    phone: str
    timezone: str
    mail: bool
    confirms: bool
    most_days_ahead: int
    terms: str
    terms_version: str
    spaces: list[HireSpaceAnswer]


class HireCheckAnswer(Answer):
    """``free``: it can be asked for; ``needs_approval``: a manager then decides. ``reasons``: everything that refuses
    it, or for which it needs approval. ``quote``: what it costs. ``instead``: what could be had in its place, the
    nearest first; ``why``: why there is nothing. ``terms_version``: of the hire terms that hold now, ``accepted``: of
    those that were accepted, null in a check before the request. ``when``: in words."""

    site: str
    site_name: str
    phone: str
    timezone: str
    space: str
    space_name: str
    when: str
    free: bool
    needs_approval: bool
    reasons: list[ReasonBody]
    quote: QuoteAnswer
    instead: list[ProposalAnswer]
    why: str
    terms: str
    terms_version: str
    accepted: str | None


class HiredAnswer(Answer):
    """The booking that was made. ``status``: `confirmed`, or `held` or `requested` while a manager decides; ``why``
    says what it waits for. ``held_until``: as long as its time is held for it; null where it is confirmed or holds no
    time. ``link``: to its page, a secret; it comes by mail too, and so does the decision."""

    site_name: str
    space_name: str
    title: str
    when: str
    starts: LocalTime
    ends: LocalTime
    status: BookingStatus
    why: str
    held_until: LocalTime | None
    link: str


class AcceptedTermsAnswer(Answer, of=AcceptedTerms):
    """The hire terms that the person who asked for a booking accepted. ``made_at``: when they asked;
    ``confirmed_at``: when they confirmed their address."""


def options_answer(found: HireOptions, *, mail: bool) -> HireOptionsAnswer:
    site = found.site_config.site
    return HireOptionsAnswer(
        now=local_time.rfc3339(found.now, site.tz),
        site=site.id,
        site_name=site.name,
        address=site.address,
        phone=site.phone,
        timezone=str(site.tz),
        mail=mail,
        confirms=found.hire.confirms,
        most_days_ahead=found.hire.most_days_ahead,
        terms=found.hire.terms,
        terms_version=found.hire.terms_version,
        spaces=[_space(each) for each in found.spaces],
    )


def _space(place: SpaceAtSite) -> HireSpaceAnswer:
    space = place.space
    return answer_of(
        HireSpaceAnswer,
        space,
        holds=space.holds(None),
        layouts=[HireLayoutAnswer(id=each.id, name=each.name, holds=space.holds(each.id)) for each in space.layouts],
    )


def check_answer(found: HireCheck) -> HireCheckAnswer:
    site = found.site_config.site
    return HireCheckAnswer(
        site=site.id,
        site_name=site.name,
        phone=site.phone,
        timezone=str(site.tz),
        space=found.place.space.id,
        space_name=found.place.space.name,
        when=times.window(found.quoted.during, site.tz, now=found.now),
        free=found.verdict.possible,
        needs_approval=found.needs_approval,
        reasons=reason_bodies(found.verdict.reasons, site.tz),
        quote=quote_answer(site, [found.quoted], found.tariffs),
        instead=[proposal_answer(each) for each in found.proposals],
        why=found.why,
        terms=found.hire.terms,
        terms_version=found.hire.terms_version,
        accepted=found.asked.terms_version or None,
    )


def hired_answer(view: BookingView) -> HiredAnswer:
    site, booking = view.place.site, view.booking
    return answer_of(
        HiredAnswer,
        booking,
        site.tz,
        site_name=site.name,
        space_name=view.place.space.name,
        when=times.window(booking.during, site.tz, now=view.now),
        status=booking.status(view.now),
        why=view.why,
        link=view.link,
    )
