"""Errors of displays."""

from controller.web.problem import Conflicting, NotFound, NotSignedIn


class WrongDisplayCode(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("this code is wrong, was used before, or is older than ten minutes; ask for a new one")


class DisplayUnknown(NotFound):
    def __init__(self, display_id: str) -> None:
        super().__init__(f"there is no display {display_id!r} at this site; it may have ended. Look at the list again")


class TooManyDisplays(Conflicting):
    def __init__(self, most: int) -> None:
        super().__init__(f"the site has {most} displays, which is as many as there may be; end one first")
