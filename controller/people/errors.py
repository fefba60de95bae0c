"""What signing in refuses."""

from controller.people.may import Action, Thing
from controller.problem import Conflicting, NotSignedIn, Refused, TooMany


class SignInNeeded(NotSignedIn):
    def __init__(self) -> None:
        super().__init__(
            "this needs a sign-in: POST /api/v1/session, then send its cookie or `Authorization: Bearer`",
            headers={"WWW-Authenticate": "Bearer"},
        )


class WrongPassword(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("the user or the password is wrong; try again, or ask whoever set up this controller")


class TooManyTries(TooMany):
    """``wait_s``: seconds until the next try is looked at."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"too many wrong passwords for this user; wait {wait_s} seconds and try again",
            headers={"Retry-After": str(wait_s)},
        )


class AlreadySetUp(Conflicting):
    def __init__(self) -> None:
        super().__init__("this controller is set up already; sign in instead")


class WrongSetupToken(Refused):
    def __init__(self) -> None:
        super().__init__("the set-up token is wrong; it stands in the file setup-token in the controller's data_dir")


class NotAllowed(Refused):
    def __init__(self, actor: str, action: Action, thing: Thing) -> None:
        where = f" at site {thing.site!r}" if thing.site else ""
        super().__init__(f"{actor!r} may not {action.value}{where}; ask an administrator for a role that may")


class ForeignOrigin(Refused):
    def __init__(self) -> None:
        super().__init__(
            "this write carries a cookie but does not come from this controller's own pages; "
            "use the pages, or send `Authorization: Bearer` instead"
        )
