"""What displays take and answer."""

from datetime import UTC
from typing import Annotated

from pydantic import Field, StringConstraints

from controller.platform.web.fields import Answer, Body, LocalTime, Name, Slug, answer_of
from controller.platform.web.qr_picture import inline_qr
from controller.signin.displays.model import Display, DisplayKind


class NewDisplayBody(Body):
    """``kind``: `room` for a tablet beside the door of a room, which shows that alone, `tablet` for one that shows the
    diary and takes check-ins, `wall` for a screen in a foyer, or `alerts` for one that shows what needs somebody at
    several sites. ``space``: at whose door a tablet hangs; null for none. ``sites``: whose alerts are shown; null for
    those of all sites."""

    kind: DisplayKind
    name: Name
    space: Slug | None = None
    sites: Annotated[list[Slug], Field(min_length=1, max_length=1000)] | None = None


class PairBody(Body):
    """``code``: the digits, as they are shown to who made the display; spaces do not count."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=20)]


class DisplayAnswer(Answer):
    """``code_until``: until when its code can be typed; null once it is paired. ``paired_at``: null until then.
    ``last_seen_at``: to the hour. ``expires_at``: when it is forgotten without use. ``address``: from where it was last
    seen. ``browser``: in words. ``shown_sites``: whose alerts a screen of alerts shows; null for all."""

    id: str
    kind: DisplayKind
    name: str
    space: str | None
    shown_sites: list[str] | None
    made_at: LocalTime
    made_by: str
    code_until: LocalTime | None
    paired_at: LocalTime | None
    last_seen_at: LocalTime | None
    expires_at: LocalTime
    address: str
    browser: str


class DisplayList(Answer):
    items: list[DisplayAnswer]


class NewDisplayAnswer(DisplayAnswer):
    """``code``: to type on the device at `/pair`, within ten minutes; it is shown this once. ``link``: opens that page
    with the code. ``qr``: the link as an SVG image."""

    code: str
    link: str
    qr: str


class PairedAnswer(Answer):
    """``token`` also comes as the cookie `hk_session`."""

    name: str
    site: str
    kind: DisplayKind
    space: str | None
    token: str


def display_answer(display: Display) -> DisplayAnswer:
    return answer_of(DisplayAnswer, display, UTC, shown_sites=_sites(display))


def new_display_answer(display: Display, code: str, address: str) -> NewDisplayAnswer:
    # Behind the #, so that it reaches no server by a mere look.
    link = f"{address}/pair#{code}"
    qr = inline_qr(link)
    return answer_of(NewDisplayAnswer, display, UTC, shown_sites=_sites(display), code=code, link=link, qr=qr)


def _sites(display: Display) -> list[str] | None:
    return None if display.shown_sites is None else sorted(display.shown_sites)
