"""Errors of hire requests."""

from controller.diary.policy import HirePolicy
from controller.estate.model import Site
from controller.web.problem import Conflicting, NotFound, TooMany


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
