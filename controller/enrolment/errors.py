"""Errors of enrolment."""

from controller.web.problem import Conflicting, NotFound, Refused


class TokenRefused(Refused):
    """Gives no detail, so that guessing reveals nothing."""

    kind = "token-refused"
    title = "The enrolment token is not valid"

    def __init__(self) -> None:
        super().__init__(
            "this enrolment token is unknown, used, incomplete or expired; copy it again, or make another "
            "with `hallkeeper edge token SITE/EDGE`"
        )


class KeyTaken(Conflicting):
    def __init__(self) -> None:
        super().__init__("this public key was used before; start the enrolment again, so that the Pi makes new keys")


class NotEnrolled(Conflicting):
    kind = "not-enrolled"
    title = "The edge has not enrolled"

    def __init__(self, site: str, edge: str) -> None:
        super().__init__(f"edge {edge!r} of {site!r} has no keys here; enrol it first")


class RevocationUnknown(NotFound):
    def __init__(self, site: str, edge: str) -> None:
        super().__init__(f"edge {edge!r} of {site!r} was never revoked")
