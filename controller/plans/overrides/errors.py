"""Errors of overrides."""

from datetime import timedelta

from controller.plans.overrides.model import PER_DOOR
from controller.plans.overrides.status import WORDS
from controller.text import times
from controller.web.problem import Conflicting, Invalid, NotFound, invalid_field
from edge.wire.plan import OverrideKind


class OverrideUnknown(NotFound):
    def __init__(self, override_id: str) -> None:
        super().__init__(f"there is no override {override_id!r}; look it up in the list of its site")


class TooManyOverrides(Conflicting):
    kind = "too-many-overrides"

    def __init__(self, door: str) -> None:
        super().__init__(f"{door!r} has {PER_DOOR} overrides in force or planned; end one of them first")


def too_long(kind: OverrideKind, longest: timedelta) -> Invalid:
    """``ends`` is too far from the start."""
    days = longest / timedelta(days=1)
    length = f"{days:g} days" if days > 1 else times.length(longest)
    return invalid_field("ends", f"a door is {WORDS[kind]} for at most {length}; choose an earlier end")
