"""The time that a booking needs around it: to set up, to clear down, to change over. Pure."""

from datetime import timedelta

import msgspec

from controller.estate.model import Space


class Buffers(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking needs of the time around it. ``layout``: the one its space is in, empty where it has none."""

    layout: str
    setup_min: int
    cleardown_min: int


def buffers_of(space: Space, *, layout: str | None, setup_min: int | None, cleardown_min: int | None) -> Buffers:
    """The widest of space, layout and booking."""
    found = space.layout(layout)
    return Buffers(
        layout=found.id if found else "",
        setup_min=max(space.setup_min, found.setup_min if found else 0, setup_min or 0),
        cleardown_min=max(space.cleardown_min, found.cleardown_min if found else 0, cleardown_min or 0),
    )


def buffer_between(first: Space, cleardown_min: int, second: Space, setup_min: int) -> timedelta:
    """From the end of a booking of ``first`` to the start of one of ``second`` that shares ground with it.

    Where both spaces share buffers, one clears down while the other sets up.
    """
    shared = first.share_buffers and second.share_buffers
    return timedelta(minutes=max(cleardown_min, setup_min) if shared else cleardown_min + setup_min)


def changeover_between(first: Space, layout: str, second: Space, next_layout: str) -> timedelta:
    """Minutes for the change-over from one to the other: between two layouts of a space its listed minutes, or its
    ``changeover_min``; between a whole and a part the longer of the two; 0 where nothing changes."""
    if first.id != second.id:
        return timedelta(minutes=max(first.changeover_min, second.changeover_min))
    if layout == next_layout:
        return timedelta()
    listed = (each.minutes for each in first.changeovers if (each.from_layout, each.to_layout) == (layout, next_layout))
    return timedelta(minutes=next(listed, first.changeover_min))
