"""What a second factor is."""

from datetime import datetime

import msgspec

from controller.people.model import SignInMethod


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
