"""Errors of second factors."""

from controller.web.problem import Conflicting, NotFound, NotSignedIn, Refused


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
