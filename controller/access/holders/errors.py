"""Errors of holders."""

from controller.web.problem import Conflicting, NotFound


class HolderUnknown(NotFound):
    def __init__(self, holder: str) -> None:
        super().__init__(f"there is no holder {holder!r}; look it up in the list of holders")


class HolderEnded(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” has ended and opens nothing; create a new holder")


class CardTaken(Conflicting):
    def __init__(self) -> None:
        super().__init__("somebody else has this card; end theirs first, or use another card")
