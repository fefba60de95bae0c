"""What bookings take. What they answer is in ``answers``."""

from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import AfterValidator, Field, model_validator

from controller.bookings.model import Change, Draft, SeriesDraft
from controller.fields import Body, Day, Id, Line, MomentText, Name, Note, Slug, Whole, read_moment


def _wall_text(text: str) -> str:
    if read_moment(text).wall is None:
        raise ValueError("must be the site's own time, without an offset, like 2026-11-25T18:00")
    return text


WallText = Annotated[str, AfterValidator(_wall_text)]
"""A wall time of the site."""
People = Annotated[Whole, Field(ge=1, le=100_000)]


class BookingBody(Body):
    """A booking that is asked for. Times with an offset, or bare as the site's own."""

    space: Slug
    title: Name
    starts: MomentText
    ends: MomentText
    contact_name: Line = ""
    contact_phone: Line = ""
    people: People | None = None

    def draft(self) -> Draft:
        return Draft(
            space=self.space,
            title=self.title,
            starts=read_moment(self.starts),
            ends=read_moment(self.ends),
            contact_name=self.contact_name,
            contact_phone=self.contact_phone,
            people=self.people,
        )


class CheckBody(BookingBody):
    """``id``: a booking that does not stand in its own way, when it is to be moved."""

    title: Line = ""
    id: Id | None = None


class ChangeBody(Body):
    """What is to be different; fields left out stay. ``version``: refuse with 409 if it is another by now."""

    space: Slug | None = None
    title: Name | None = None
    starts: MomentText | None = None
    ends: MomentText | None = None
    contact_name: Line | None = None
    contact_phone: Line | None = None
    people: People | None = None
    version: Annotated[Whole, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _nothing_emptied(self) -> "ChangeBody":
        for name in ("space", "title", "starts", "ends"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} must not be null; leave it out to keep it")
        return self

    def change(self) -> Change:
        given: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set & _CHANGEABLE}
        for name in ("starts", "ends"):
            if name in given:
                given[name] = read_moment(str(given[name]))
        for name in ("contact_name", "contact_phone"):
            if name in given:
                given[name] = given[name] or ""
        return msgspec.structs.replace(Change(), **given)


_CHANGEABLE = frozenset(Change.__struct_fields__)


class CancelBody(Body):
    why: Note = ""


class SeriesBody(Body):
    """Every week from ``first_starts`` (the site's time) until ``until``, that date included."""

    space: Slug
    title: Name
    first_starts: WallText
    first_ends: WallText
    until: Day
    contact_name: Line = ""
    contact_phone: Line = ""
    people: People | None = None

    def draft(self) -> SeriesDraft:
        return SeriesDraft(
            space=self.space,
            title=self.title,
            first_starts=datetime.fromisoformat(self.first_starts),
            first_ends=datetime.fromisoformat(self.first_ends),
            until=self.until,
            contact_name=self.contact_name,
            contact_phone=self.contact_phone,
            people=self.people,
        )


class NewSeriesBody(SeriesBody):
    """``skip``: dates of the series that are left out."""

    skip: Annotated[list[Day], Field(max_length=104, default_factory=list)]

    def draft(self) -> SeriesDraft:
        return msgspec.structs.replace(super().draft(), skip=tuple(self.skip))


class CancelSeriesBody(Body):
    """``from_date``: cancel from this local date on; without it, all that is left."""

    from_date: Day | None = None
    why: Note = ""
