"""Models and errors of a hire request: somebody who is no user asks for a space, and shows by mail that the address is
theirs.
"""

from datetime import datetime

import msgspec

from controller.billing.model import StoredTariffs
from controller.billing.service import Quoted
from controller.bookings.diary.model import Draft
from controller.bookings.diary.policy import HirePolicy
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.rules.model import Verdict
from controller.estate.model import Site
from controller.find.ranking import SpaceProposal
from controller.platform.web.fields import Moment
from controller.platform.web.problem import Conflicting, NotFound, TooMany


class HireClosed(Conflicting, kind="hire-closed", title="This building takes no requests here"):
    """The site's policy lets nobody ask who has not signed in."""

    def __init__(self, site: Site) -> None:
        super().__init__(f"this building takes no requests on this page; {ring(site)}")


class HireTermsChanged(Conflicting, kind="hire-terms-changed", title="The hire terms have changed"):
    """Others were accepted than hold now."""

    def __init__(self, site: Site, hire: HirePolicy) -> None:
        super().__init__(
            f"the hire terms of {site.name} have changed; read them and accept version {hire.terms_version}"
        )


class TooManyRequests(Conflicting, kind="too-many-requests", title="Too many requests wait"):
    """So many requests wait for a manager that no other is taken. ``own``: of this mail address."""

    def __init__(self, site: Site, most: int, *, own: bool) -> None:
        whose = "requests with this mail address" if own else "requests"
        super().__init__(
            f"{most} {whose} wait for a decision at {site.name}, and no more are taken until some are decided; "
            f"{ring(site)}"
        )


class TooManyChecks(TooMany):
    """``wait_s``: seconds until times are looked up again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "times were looked up too often from your network in the last minute; wait a minute",
            headers={"Retry-After": str(wait_s)},
        )


class NoHireRequest(NotFound):
    def __init__(self, booking_id: str) -> None:
        super().__init__(f"booking {booking_id!r} does not come from a hire request")


def ring(site: Site) -> str:
    """What to do instead, the end of a sentence."""
    return f"ring {site.phone}" if site.phone else "ask the people there"


MOST_OF_ADDRESS = 3
"""Requests of one address that wait for a decision at a site; and bookings of one address still to come from which on
a manager decides, whatever the policy lets the rules do."""
MOST_ALTERNATIVES = 5


class HireDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. ``draft``: who it is for is in its contact fields. ``terms_version``: of the hire terms that
    were accepted."""

    site: str
    draft: Draft
    terms_version: str


class HireRequest(msgspec.Struct, frozen=True, kw_only=True):
    """As stored. ``id``: also of the mail that confirms it. ``sealed``: the draft, until it is confirmed. The rest of
    what is known is in the booking and its party then."""

    id: str
    site: str
    sealed: bytes
    address_digest: bytes | None
    terms_version: str
    accepted_at: datetime
    made_at: datetime
    confirmed_at: datetime | None = None
    booking_id: str | None = None
    party: str | None = None


class AcceptedTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The hire terms under which a booking was asked for, and when they were accepted."""

    site: str
    terms_version: str
    terms: str
    made_at: datetime
    accepted_at: datetime
    confirmed_at: datetime


class HireChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody takes in place of what they asked for."""

    space: str
    layout: str | None
    starts: Moment
    ends: Moment


class HireOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked for at a site."""

    site_config: SiteConfig
    hire: HirePolicy
    spaces: tuple[SpaceAtSite, ...]
    now: datetime


class HireCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a request now. ``needs_approval``: a manager decides on it. ``proposals``: what could be had
    instead; ``why``: why there is nothing."""

    site_config: SiteConfig
    hire: HirePolicy
    asked: HireDraft
    place: SpaceAtSite
    verdict: Verdict
    needs_approval: bool
    quoted: Quoted
    tariffs: StoredTariffs | None
    proposals: tuple[SpaceProposal, ...]
    why: str
    now: datetime
