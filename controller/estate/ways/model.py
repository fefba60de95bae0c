"""The way to a site or to one of its doors. Pure."""

from collections.abc import Iterable

import msgspec

from controller.people.optimistic_locking import version_of
from controller.platform.web.problem import NotFound


class NoPhoto(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no photograph of this way; somebody who runs the building can add one")


class WayDraft(msgspec.Struct, frozen=True, kw_only=True):
    """``text``: the way in words. ``step_free``: the one without steps, if it is another."""

    text: str = ""
    step_free: str = ""


class Way(WayDraft, frozen=True, kw_only=True):
    """``door``: empty for the way to the site. ``media_type``: of its photograph; ``None`` without one. ``photo``:
    counts the photographs that it has had."""

    site: str
    door: str
    media_type: str | None = None
    size: int = 0
    photo: int = 0

    @property
    def draft(self) -> WayDraft:
        return WayDraft(text=self.text, step_free=self.step_free)

    @property
    def version(self) -> int:
        return version_of(self.draft, blank=WayDraft())

    @property
    def blank(self) -> bool:
        return self.draft == WayDraft() and self.media_type is None


def in_order(found: Iterable[Way], doors: Iterable[str]) -> list[Way]:
    """That to the site first, then those to its doors; without blank ones, and those of doors that are gone."""
    by_door = {each.door: each for each in found if not each.blank}
    return [by_door[door] for door in ("", *doors) if door in by_door]
