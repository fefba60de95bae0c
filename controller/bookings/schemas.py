"""What bookings take. What they answer is in ``answers``."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from controller.diary.model import BookingChange, Draft, Need
from controller.web.fields import Body, Email, Id, Line, MomentText, Name, Note, Slug, Whole, Yes, read_moment


def _wall_text(text: str) -> str:
    if read_moment(text).wall is None:
        raise ValueError("must be the site's own time, without an offset, like 2026-11-25T18:00")
    return text


WallText = Annotated[str, AfterValidator(_wall_text), Field(examples=["2026-11-26T18:00"])]
"""A wall time of the site."""
People = Annotated[Whole, Field(ge=1, le=100_000)]
Minutes = Annotated[Whole, Field(ge=0, le=24 * 60)]
Equipment = Annotated[dict[Slug, Annotated[Whole, Field(ge=1, le=100_000)]], Field(max_length=30)]
"""How many of each of the site's equipment."""


class DetailsBody(Body):
    """What is wanted, besides when; the fields as ``BookingBody`` tells them."""

    space: Slug
    title: Name
    contact_name: Line = ""
    contact_phone: Line = ""
    contact_email: Email = ""
    key_holder: Line = ""
    under_16s: Yes = False
    public: Yes = False
    notes: Note = ""
    people: People | None = None
    party: Slug | None = None
    layout: Slug | None = None
    seats: People | None = None
    equipment: Equipment = Field(default_factory=dict)
    setup_min: Minutes | None = None
    cleardown_min: Minutes | None = None
    overrule: Yes = False
    by_rules: Yes = False


class BookingBody(DetailsBody):
    """A requested booking. Times have an offset, or are the site's local time.

    ``party``: for whom it is. ``layout``: left out, the space's default. ``seats``: of a pool. ``setup_min`` and
    ``cleardown_min``: its own minutes; the longest of booking, layout and space applies. ``overrule``: let it into a
    buffer or change-over (managers). ``by_rules``: judge it as if its party had asked for it. ``public``: show
    its title and time in what's on.
    """

    starts: MomentText
    ends: MomentText

    def draft(self) -> Draft:
        read: dict[str, Any] = {
            "starts": read_moment(self.starts),
            "ends": read_moment(self.ends),
            "equipment": needs(self.equipment),
        }
        return Draft(**{name: read.get(name, getattr(self, name)) for name in Draft.__struct_fields__})


class CheckBody(BookingBody):
    """``id``: the booking that is to be moved, which is ignored."""

    title: Line = ""
    id: Id | None = None


class ChangeBody(Body):
    """What is to be different; fields left out stay. ``version``: refuse with 409 if it is another by now.
    ``overrule`` and ``by_rules`` as in a new booking."""

    space: Slug | None = None
    title: Name | None = None
    starts: MomentText | None = None
    ends: MomentText | None = None
    contact_name: Line | None = None
    contact_phone: Line | None = None
    contact_email: Email | None = None
    key_holder: Line | None = None
    under_16s: Yes | None = None
    public: Yes | None = None
    notes: Note | None = None
    people: People | None = None
    party: Slug | None = None
    layout: Slug | None = None
    seats: People | None = None
    equipment: Equipment | None = None
    setup_min: Minutes | None = None
    cleardown_min: Minutes | None = None
    overrule: Yes = False
    by_rules: Yes = False
    version: Annotated[Whole, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _nothing_emptied(self) -> "ChangeBody":
        for name in ("space", "title", "starts", "ends", "under_16s", "public"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} must not be null; leave it out to keep it")
        return self

    def change(self) -> BookingChange:
        given: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set & _CHANGEABLE}
        for name in ("starts", "ends"):
            if name in given:
                given[name] = read_moment(str(given[name]))
        for name in ("contact_name", "contact_phone", "contact_email", "key_holder", "notes"):
            if name in given:
                given[name] = given[name] or ""
        if "equipment" in given:
            given["equipment"] = needs(self.equipment or {})
        return msgspec.structs.replace(BookingChange(), **given)


_CHANGEABLE = frozenset(BookingChange.__struct_fields__)


def needs(equipment: Mapping[str, int]) -> tuple[Need, ...]:
    return tuple(Need(equipment=each, count=count) for each, count in sorted(equipment.items()))


class CancelBody(Body):
    why: Note = ""


class ApproveBody(Body):
    """``overrule``: confirm it into a buffer or change-over as well."""

    why: Note = ""
    overrule: Yes = False


class DeclineBody(Body):
    """``why``: the person who asked reads it."""

    why: Annotated[Note, StringConstraints(min_length=1)]
