"""What a second factor is, and what is wrong with one."""

from datetime import datetime

import msgspec

from controller.people.model import SignInMethod
from controller.platform.web.problem import Conflicting, NotFound, NotSignedIn, Refused


class WrongSecondStep(NotSignedIn):
    def __init__(self) -> None:
        super().__init__(
            "this code is wrong or was used before; take the newest one of the app, or one of your recovery codes"
        )


class SecondStepOver(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("the first step of this sign-in is too long ago; begin again")


class FactorThere(Conflicting):
    def __init__(self) -> None:
        super().__init__("you have an authenticator app already; remove it before you add another")


class OwnFactor(Refused):
    def __init__(self) -> None:
        super().__init__("this is your own authenticator app: remove it under your account, with one of its codes")


class NoFactor(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no authenticator app to confirm or remove; add one first")


class SecondFactor(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticator app of a user. ``confirmed_at``: ``None`` until its first code was right; before that it counts
    for nothing. ``last_step``: of the code that was used last."""

    user_id: str
    sealed_secret: bytes
    made_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0


class PendingSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """The first step of a sign-in was right."""

    user_id: str
    method: SignInMethod
    expires_at: datetime
