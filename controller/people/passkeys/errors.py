"""Errors of passkeys."""

from controller.web.problem import Conflicting, NotFound, NotSignedIn, Refused


class PasskeysUnavailable(Conflicting):
    kind = "no-passkeys"
    title = "Passkeys do not work at this address"

    def __init__(self, why: str) -> None:
        super().__init__(why)


class WrongPasskey(NotSignedIn):
    """The same for a passkey that nobody has, one that was removed, and an answer that does not fit."""

    def __init__(self) -> None:
        super().__init__(
            "this passkey is not known here, or the request was too long ago; try again, or sign in without it and add "
            "a passkey under your account"
        )


class PasskeyUnknown(NotFound):
    def __init__(self, passkey_id: str) -> None:
        super().__init__(f"you have no passkey {passkey_id!r}; it may be removed already. Look at the list again")


class PasskeyTaken(Conflicting):
    def __init__(self) -> None:
        super().__init__("this passkey was added already; look at the list of your passkeys")


class TooManyPasskeys(Conflicting):
    def __init__(self, most: int) -> None:
        super().__init__(f"you have {most} passkeys, which is as many as there may be; remove one first")


class LastWayIn(Conflicting):
    def __init__(self) -> None:
        super().__init__(
            "this passkey is your only way to sign in; set a password, add another passkey or link an account first"
        )


class NoPasskeys(NotFound):
    def __init__(self) -> None:
        super().__init__("this user has no passkey")


class OwnPasskeys(Refused):
    def __init__(self) -> None:
        super().__init__("these are your own passkeys: remove them one by one under your account")
