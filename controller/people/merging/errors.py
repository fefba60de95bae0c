"""Errors of merging."""

from controller.web.problem import Conflicting, NotFound


class MergeUnknown(NotFound):
    def __init__(self, merge_id: str) -> None:
        super().__init__(f"there is no merge {merge_id!r}; look at the list of the party's merges")


class NotUndone(Conflicting):
    """The merge stays, and why."""
