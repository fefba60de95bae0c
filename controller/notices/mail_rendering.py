"""A notice as a mail: subject, plain text, HTML, calendar file; and as a text message. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

import msgspec

from controller.access.code_generation import spoken
from controller.billing.answers import summary
from controller.billing.model import Quote
from controller.bookings.answers import changed, code_times, given_back, message
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import closed_text
from controller.calendars.ics_writer import calendar, invitation
from controller.calendars.subscriptions.booking_event import entry_at
from controller.calendars.subscriptions.model import Shows
from controller.calendars.subscriptions.repository import PublicBooking
from controller.notices.mail_message import preferences_line, stop_link, text_mail
from controller.notices.model import NoticeKind
from controller.notices.preferences.model import REQUIRED
from controller.notices.templates import fill
from controller.platform.text import times

CANCELLING = frozenset({NoticeKind.CANCELLED, NoticeKind.RELEASED, NoticeKind.DECLINED, NoticeKind.EXPIRED})
_NO_CODE = CANCELLING | {NoticeKind.ENDED_EARLY}
OF_DOORS = frozenset({NoticeKind.DOOR_TROUBLE, NoticeKind.DOOR_WORKS})
"""They have no code in them, and change nothing in a calendar."""
_LONGEST_SUBJECT = 200
LONGEST_SMS, LONGEST_SMS_UNICODE = 3 * 153, 3 * 67
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_AS_GSM = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})
"""What word processors put in place of letters of the GSM alphabet."""
_SHORTEST_TITLE = 12
_REFRESH = timedelta(days=1)
_ORDER = {kind: place for place, kind in enumerate(NoticeKind)}


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to tell of one booking. ``quote``: what it costs, or what is charged although it does not take
    place; ``None`` where it never had a price. ``doors``: what is wrong with its doors, and what to do."""

    view: BookingView
    kind: NoticeKind
    quote: Quote | None
    doors: str = ""


def subject(news: Sequence[News], *, longest_title: int = _LONGEST_SUBJECT) -> str:
    """One line without codes: “Confirmed: Choir, Hall, Thu 3 Dec, 18:00 to 20:00”; of several dates their number, and
    of several bookings the building: “Cancelled: 3 bookings, Ramsey Hub”. Only the title is shortened where it is too
    long."""
    first = news[0].view
    kinds = {each.kind for each in news}
    headline = news[0].kind if len(kinds) == 1 else "Changes"
    if len(news) == 1:
        when = times.window(first.booking.during, first.place.site.tz, now=first.now)
        rest = f"{first.place.space.name}, {when}"
    elif len({each.view.booking.title for each in news}) > 1:
        return f"{headline}: {len(news)} bookings, {first.place.site.name}"
    else:
        rest = f"{len(news)} dates"
    room = _LONGEST_SUBJECT - len(f"{headline}: , {rest}")
    return f"{headline}: {_shortened(first.booking.title, min(room, longest_title))}, {rest}"


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: max(longest - 3, 1)].rstrip()}..."


def body(
    news: Sequence[News],
    templates: Mapping[NoticeKind, str],
    *,
    clear: bool = True,
    preferences: str = "",
    why: str = "",
) -> str:
    """The plain text; ``clear``: with the codes, otherwise with masked ones. ``templates``: the site's own wording of
    news of one kind. ``preferences``: the link to those of who gets it. ``why``: a sentence."""
    site = news[0].view.place.site
    text = _of_one(news[0], clear=clear) if len(news) == 1 else _of_dates(news)
    if why:
        text = f"{why}\n\n{text}"
    text += "".join(f"\n\n{line}" for line in _charges(news))
    kinds = {each.kind for each in news}
    template = templates.get(news[0].kind) if len(kinds) == 1 else None
    if template is not None:
        text = fill(template, _values(news, text))
    text = f"{text}\n\nYou get this because your address is given for this booking at {site.name}.\n"
    return f"{text}{preferences_line(preferences)}" if preferences else text


def _of_one(news: News, *, clear: bool) -> str:
    view = news.view
    if news.kind in OF_DOORS:
        when = times.window(view.booking.during, view.place.site.tz, now=view.now)
        about = f"{view.booking.title}, {view.place.space.name}, {when}"
        return f"{about}.\n\n{door_text(news)}\n\nYour booking and your code: {view.link}"
    text = f"{news.kind}.\n\n{message(view, clear=clear, manage=True)}"
    return f"{text}\n\n{news.doors}" if news.doors and news.kind not in CANCELLING else text


def door_text(news: News) -> str:
    """What there is to say of a booking's doors."""
    if news.kind is NoticeKind.DOOR_WORKS:
        return "The door works again. Come in as usual."
    return news.doors or "A door is known not to work."


def _values(news: Sequence[News], text: str) -> dict[str, str]:
    """The fields of a template (``templates.FIELDS``)."""
    view = news[0].view
    site = view.place.site
    return {
        "message": text,
        "title": times.listed(list(dict.fromkeys(each.view.booking.title for each in news))),
        "space": times.listed(list(dict.fromkeys(each.view.place.space.name for each in news))),
        "site": site.name,
        "when": times.window(view.booking.during, site.tz, now=view.now) if len(news) == 1 else f"{len(news)} dates",
        "contact_name": view.booking.contact_name or (view.party.contact_name if view.party else ""),
        "party": view.party.name if view.party else "",
        "phone": site.phone,
        "link": view.link,
    }


def _charges(news: Sequence[News]) -> Iterator[str]:
    """What all of it costs, and what is charged for what does not take place."""
    for gone in (False, True):
        told = [each for each in news if (each.kind in CANCELLING) is gone and each.kind not in OF_DOORS]
        quotes = [each.quote for each in told if each.quote is not None]
        total, vat = sum(each.total or 0 for each in quotes), sum(each.vat for each in quotes)
        if gone and any(each.lines and each.lines[0].pence for each in quotes):
            yield f"Charge for cancelling: {summary(total, vat, 0) if total else 'none'}."
        elif not gone and total:
            yield f"Price: {summary(total, vat, 0)}."


def _of_dates(news: Sequence[News]) -> str:
    """One paragraph for each kind of news, and a line or more for each date."""
    first = news[0].view
    one_title = len({each.view.booking.title for each in news}) == 1
    one_site = len({each.view.place.site.id for each in news}) == 1
    lines = [f"{first.booking.title}, {first.place.site.name}." if one_title else f"{first.place.site.name}."]
    kind: NoticeKind | None = None
    for each in sorted(news, key=lambda one: (_ORDER[one.kind], one.view.booking.starts)):
        if each.kind is not kind:
            kind = each.kind
            lines += ["", f"{kind}:"]
        view = each.view
        reason = f": {view.why.rstrip('.')}" if each.kind is NoticeKind.DECLINED and view.why else ""
        title = "" if one_title else f"{view.booking.title}, "
        place = view.place.space.name if one_site else f"{view.place.space.name}, {view.place.site.name}"
        when = times.window(view.booking.during, view.place.site.tz, now=view.now)
        lines.append(f"- {title}{when}, {place}{reason}.")
        if each.kind in _NO_CODE:
            continue
        if each.kind in OF_DOORS:
            lines += [f"  {door_text(each)}", f"  Your booking and your code: {view.link}"]
            continue
        lines += [
            f"  Door code {spoken(code)} for {times.listed(doors)}, {code_times(view)}."
            for code, doors in view.codes_by_doors
        ]
        lines += [f"  Offline code {spoken(offline.digits)} {offline.text}." for offline in view.offline]
        if changed(view) is not None:
            lines.append("  Forget the code you had before.")
        lines += [f"  {text}" for text in (closed_text(view.impacts), given_back(view), each.doors) if text]
        lines.append(f"  See it or cancel it: {view.link}")
    if first.place.site.phone:
        lines += ["", f"If a door does not open, ring {first.place.site.phone}."]
    return "\n".join(lines)


def mail(
    news: Sequence[News],
    templates: Mapping[NoticeKind, str],
    *,
    sender: str,
    to: str,
    message_id: str,
    preferences: str,
    why: str = "",
) -> EmailMessage:
    """The whole mail. One date brings a calendar file that its calendar takes up by itself (RFC 5546: REQUEST without a
    reply, or CANCEL); several come in one file to open. ``preferences``: the page on which its reader chooses.
    ``why``: a sentence. Raises ``ValueError`` for an address that is none."""
    first = news[0].view
    kinds = dict.fromkeys(each.kind for each in news)
    made = text_mail(
        subject(news),
        body(news, templates, preferences=preferences, why=why),
        sender=sender,
        to=to,
        message_id=message_id,
        at=first.now,
        stop="" if REQUIRED.intersection(kinds) else stop_link(preferences, kinds),
    )
    if OF_DOORS.issuperset(kinds):
        return made
    entries = [
        entry_at(_public(each.view), each.view.place.site, each.view.place, Shows.TITLES, party=None, now=first.now)
        for each in news
    ]
    if len(news) > 1:
        method, ics = "PUBLISH", calendar(first.booking.title, entries, refresh=_REFRESH)
    else:
        method = "CANCEL" if news[0].kind in CANCELLING else "REQUEST"
        ics = invitation(entries, method=method, organizer=parseaddr(sender)[1], attendee=to)
    params = {"method": method, "charset": "utf-8"}
    made.add_attachment(ics, maintype="text", subtype="calendar", filename="booking.ics", params=params)
    return made


def sms(news: Sequence[News], why: str = "") -> str:
    """A text message of at most three parts: what happened, codes, the link for the rest. A part has 153 characters of
    the GSM alphabet, or 67 where one letter is not in it (3GPP TS 23.038). What is too long loses letters of the title,
    then whole sentences from the last one on: half a code is none."""
    first = news[0].view
    lines: list[str] = []
    if len(news) == 1 and news[0].kind in OF_DOORS:
        lines.append(door_text(news[0]))
    elif len(news) == 1 and news[0].kind not in _NO_CODE:
        codes = first.codes_by_doors
        at = {code: f" for {times.listed(doors)}" if len(codes) > 1 else "" for code, doors in codes}
        lines += [f"Door code {spoken(code)}{at[code]}, {code_times(first)}." for code, _ in codes]
        lines += [f"Offline code {spoken(each.digits)} {each.text}." for each in first.offline]
        lines += ["Forget the code you had before."] if codes and changed(first) is not None else []
        lines += [text for text in (closed_text(first.impacts), news[0].doors) if text]
    lines += list(_charges(news)) if len(news) == 1 and news[0].kind in CANCELLING else []
    lines += [why] if why else []
    text = ""
    for kept in range(len(lines), -1, -1):
        for longest_title in range(len(first.booking.title), min(_SHORTEST_TITLE, len(first.booking.title)) - 1, -1):
            head = f"{first.place.site.name}: {subject(news, longest_title=longest_title)}."
            text = " ".join([head, *lines[:kept], f"Details: {first.link}"]).translate(_AS_GSM)
            if _fits(text):
                return text
    return text


def _fits(text: str) -> bool:
    if set(text) <= _GSM:
        return len(text) <= LONGEST_SMS
    return len(text.encode("utf-16-le")) // 2 <= LONGEST_SMS_UNICODE


def _public(view: BookingView) -> PublicBooking:
    return msgspec.convert(view.booking, PublicBooking, from_attributes=True)
