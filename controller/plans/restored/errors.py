"""Errors of restored entries."""

from controller.web.problem import Conflicting, NotFound


class EntryUnknown(NotFound):
    def __init__(self, entry_id: str) -> None:
        super().__init__(f"nothing that only a door knew has the id {entry_id!r}; look it up in the list of its site")


class AlreadyRemoved(Conflicting):
    kind = "already-removed"
    title = "It was removed already"

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} has removed it; the door goes by the database, so change it there")
