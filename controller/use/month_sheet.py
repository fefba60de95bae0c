"""One sheet of A4 with the use of a site in a month, for trustees: figures beside the month and the year before, each
with how much of it is measured. Pure."""

import math
from collections.abc import Callable, Sequence
from io import BytesIO
from textwrap import shorten

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from controller.platform.text.pdf import BOLD, FONT, MARGIN, WIDTH, as_markup, height_of, sheet_of, write
from controller.use.comparison import ComparedPeriod, ComparedSite, UsePeriod
from controller.use.csv_file import changed
from controller.use.model import Counts, Minutes, ModeVisits, SiteUse, SiteVisits, SpaceUse

_TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=22, leading=27)
_LEAD = ParagraphStyle("lead", fontName=FONT, fontSize=10, leading=13.5)
_HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=12, leading=16)
_CELL = ParagraphStyle("cell", fontName=FONT, fontSize=9, leading=12)
_NUMBER = ParagraphStyle("number", parent=_CELL, alignment=TA_RIGHT)
_COLUMN = ParagraphStyle("column", parent=_NUMBER, fontName=BOLD)
_SMALL = ParagraphStyle("small", fontName=FONT, fontSize=8, leading=10.5)
_NAME = ParagraphStyle("name", fontName=BOLD, fontSize=9, leading=12)
_BIG = ParagraphStyle("big", fontName=BOLD, fontSize=20, leading=25)
_LINE, _BACK = HexColor("#c9ced6"), HexColor("#e8ecf1")
_GAP = 5 * mm
_PAD = 1.2 * mm
_TILES = 4
THRESHOLDS = (200, 800)
"""People at once from which on a building has duties: Terrorism (Protection of Premises) Act 2025."""
_NONE = "–"
_BOTTOM = MARGIN - 8 * mm
"""Where the notes end; rooms are listed as far as they leave space."""
_LONG = 200
"""Letters of a list of names, which is then shortened."""


def month_sheet(found: ComparedSite, *, month: str, as_of: str, link: str) -> bytes:
    """``month``: such as “November 2026”. ``as_of``: the day on which it is made. ``link``: the page that says more.
    The same for the same values."""
    site, use = found.site, found.period.use
    into = BytesIO()
    canvas = sheet_of(into, title=f"Use of {site.name}, {month}", subject=f"As of {as_of}; {link}")
    top = write(canvas, f"{site.name}, {month}", _TITLE, A4[1] - MARGIN)
    top = write(canvas, _lead(found, as_of), _LEAD, top - 1 * mm)
    top = _tiles(canvas, found, top - _GAP)
    top = write(canvas, "Beside the month before, and the same month a year before", _HEAD, top - _GAP)
    top = _table(canvas, _comparison(found), (0.4, 0.2, 0.2, 0.2), top - 1 * mm)
    top = write(canvas, _changes(found), _SMALL, top - 1.5 * mm)
    top = write(canvas, "Rooms", _HEAD, top - _GAP)
    notes = _notes(found, link)
    foot = _BOTTOM + sum(height_of(as_markup(each), _SMALL) + 0.5 * mm for each in notes)
    _rooms(canvas, use.spaces, top - 1 * mm, foot + 3 * mm)
    for text in notes:
        foot = write(canvas, text, _SMALL, foot) - 0.5 * mm
    canvas.showPage()
    canvas.save()
    return into.getvalue()


def _lead(found: ComparedSite, as_of: str) -> str:
    use, visits = found.period.use, found.period.visits
    zone = found.site.tz
    said = [f"As of {as_of}."]
    if use.until < use.during.end:
        said.append(f"The month is not over: measured until {use.until.astimezone(zone):%-d %B, %H:%M}.")
    if not use.hours_set:
        said.append("No opening hours are set, so that no time counts as open.")
    elif visits is not None and visits.open.minutes:
        said.append(f"Open for {_hours(visits.open.minutes)}, of them {_hours(visits.extended.minutes)} without staff.")
    elif visits is not None:
        said.append("The building was closed all of this time, which is no fall in use.")
    elif use.spaces and not any(each.minutes.bookable for each in use.spaces):
        said.append("Nothing could be booked in this time, so that it is no fall in use.")
    if not use.hours_known:
        said.append("For part of it nobody knows which hours were set; the later ones are used.")
    for what, began in (("Bookings", found.period.bookings_from), ("Counts", found.period.counts_from)):
        if began is not None:
            said.append(f"{what} begin on {began.astimezone(zone):%-d %B %Y}.")
    return " ".join(said)


def _notes(found: ComparedSite, link: str) -> list[str]:
    """The most important first."""
    use, visits = found.period.use, found.period.visits
    said = _inside(visits) if visits else []
    if visits is None:
        said.append("No door counter has reported.")
    else:
        said.append(
            f"Counted at: {_listed(_doors(found, visits.doors))}. Doors without a counter are not in the visits."
        )
        if visits.part_of_the_time:
            said.append(f"Counted in a part of the time only: {_listed(_doors(found, visits.part_of_the_time))}.")
        if visits.both_ways:
            said.append(f"Counted both ways, halved: {_listed(_doors(found, visits.both_ways))}.")
    said += _late(found) + _wifi(found)
    said += [f"{shorten(each, _LONG, placeholder=' …')}." for each in use.closed[:3]]
    said += [f"And {len(use.closed) - 3} more closures."] if len(use.closed) > 3 else []
    if use.unused:
        names = {each.space: each.name for each in use.spaces}
        said.append(f"Not booked at all: {_listed([names[each] for each in use.unused])}.")
    elif any(each.minutes.bookable for each in use.spaces):
        said.append("All that could be booked was booked at least once.")
    return [
        *said,
        "Measured is the share of the time, or of the booked time, in which it is known what happened. What is not "
        "measured is left out, and is not zero. Used time is at most so much, since it is not known when people left. "
        f"More: {link.removeprefix('https://').removeprefix('http://')}",
    ]


def _late(found: ComparedSite) -> list[str]:
    """What extended hours brought."""
    late = found.period.late
    if late is None or not late.extended.minutes:
        return []
    said = []
    for name, each in (("without staff", late.extended), ("with staff", late.staffed)):
        rate = "visits not measured" if each.per_hour is None else f"{each.per_hour:.1f} visits an hour"
        error = "" if each.error is None else f" (± {math.ceil(each.error * 10) / 10:.1f})"
        said.append(f"{_hours(each.minutes)} {name}: {rate}{error}, {_bookings(each.bookings)}")
    return [f"Open {'; '.join(said)}.", *([" ".join(changed(late, found.site.tz))] if late.change else [])]


def _wifi(found: ComparedSite) -> list[str]:
    told = [
        f"{each.zone} {each.sessions:,} ({_percent(each.measured, each.minutes)} measured)"
        for each in found.period.wifi
        if each.sessions is not None
    ]
    return [f"Sessions on the WiFi, of devices and not of people: {_listed(told)}."] if told else []


def _doors(found: ComparedSite, doors: Sequence[str]) -> list[str]:
    return [found.doors.get(each, each) for each in doors]


def _listed(names: Sequence[str]) -> str:
    """As many as fit into a list, at least one, and how many more there are."""
    shown = next((n for n in range(len(names), 1, -1) if len(", ".join(names[:n])) <= _LONG), 1)
    more = f" and {len(names) - shown} more" if shown < len(names) else ""
    return shorten(", ".join(names[:shown]), _LONG, placeholder=" …") + more


def _inside(visits: SiteVisits) -> list[str]:
    """Whether so many were inside at once that a duty of the building depends on it, and on how many days that is not
    known."""
    surely, perhaps = visits.peak.people if visits.peak else 0, visits.most or 0
    said = [f"{each} people or more were inside at once." for each in THRESHOLDS if surely >= each][-1:]
    said += [f"{each} people may have been inside at once." for each in THRESHOLDS if surely < each <= perhaps]
    missing = visits.open_days - visits.measured_days
    if missing:
        said.append(f"On {missing} of {visits.open_days} open days it is not known how many people were inside.")
    return [" ".join(said)] if said else []


def _tiles(canvas: Canvas, found: ComparedSite, top: float) -> float:
    """The four figures; where they end."""
    use, visits = found.period.use, found.period.visits
    minutes, counts = use.minutes, use.counts
    known = counts.arrived + counts.no_shows
    peak = visits.peak if visits else None
    tiles = [
        (
            "Visits an open hour",
            _per_hour(visits.open) if visits else _NONE,
            f"{_visits(visits.open)} visits; {_percent(visits.open.measured, visits.open.minutes)} measured"
            if visits
            else "Not measured: no door counter has reported",
        ),
        (
            "Booked",
            _percent(minutes.booked - minutes.outside, minutes.bookable),
            f"of {_hours(minutes.bookable)} of rooms that could be booked"
            if minutes.bookable
            else "No room could be booked",
        ),
        (
            "Nobody came",
            _missed(counts),
            f"of {_bookings(counts.unknown)} it is not known"
            if counts.unknown and not known
            else f"of {_bookings(known)}" + (f"; of {counts.unknown} more it is not known" if counts.unknown else ""),
        ),
        (
            "Most inside",
            f"{peak.people:,}" if peak else _NONE,
            _most_inside(found),
        ),
    ]
    width = (WIDTH - (_TILES - 1) * _GAP / 2) / _TILES
    inner = width - 5 * mm
    height = max(height_of(as_markup(small), _SMALL, inner) for _, _, small in tiles) + 17 * mm
    for at, (name, big, small) in enumerate(tiles):
        left = MARGIN + at * (width + _GAP / 2)
        canvas.setFillColor(_BACK)
        canvas.roundRect(left, top - height, width, height, 2 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#000000"))
        line = write(canvas, name, _NAME, top - 2 * mm, left=left + 2.5 * mm, width=inner)
        line = write(canvas, big, _BIG, line, left=left + 2.5 * mm, width=inner)
        write(canvas, small, _SMALL, line - 1 * mm, left=left + 2.5 * mm, width=inner)
    return float(top - height)


def _most_inside(found: ComparedSite) -> str:
    visits = found.period.visits
    if visits is None:
        return "Not measured: no door counter has reported"
    of_days = f"{visits.measured_days} of {visits.open_days} open days measured"
    if not visits.measured_days:
        return f"Not measured: {of_days}"
    if visits.peak is None:
        return f"Nobody, or too few to say how many. {of_days}"
    return f"or more, for ten minutes on {visits.peak.at.astimezone(found.site.tz):%-d %b, %H:%M}. {of_days}"


def _comparison(found: ComparedSite) -> list[Sequence[str]]:
    periods = [found.period, found.before.period, found.year_before.period]

    def row(name: str, read: Callable[[UsePeriod], str]) -> Sequence[str]:
        return (name, *(_NONE if each is None else read(each) for each in periods))

    def booked(name: str, read: Callable[[SiteUse], str]) -> Sequence[str]:
        return row(name, lambda period: read(period.use) if period.bookings_known else _NONE)

    def counted(
        read: Callable[[UsePeriod], ModeVisits | None], write_: Callable[[ModeVisits], str]
    ) -> Callable[..., str]:
        return lambda period: _NONE if (found := read(period)) is None else write_(found)

    def mode(name: str) -> Callable[[UsePeriod], ModeVisits | None]:
        return lambda period: None if period.visits is None else getattr(period.visits, name)

    month = [_NONE if each is None else f"{each.use.during.start.astimezone(found.site.tz):%b %Y}" for each in periods]
    return [
        ("", *month),
        row("Open hours", counted(mode("open"), lambda each: _hours(each.minutes))),
        row("Visits in them", counted(mode("open"), _visits)),
        row("Visits an hour, staffed", counted(mode("staffed"), _per_hour)),
        row("Visits an hour, without staff", counted(mode("extended"), _per_hour)),
        row("Opening hours that are measured", lambda each: _measured(each)),
        row(
            "Most people inside, at least",
            lambda each: f"{each.visits.peak.people:,}" if each.visits and each.visits.peak else _NONE,
        ),
        booked("Booked, of bookable time", lambda each: _booked(each.minutes)),
        booked("Used, of booked time, at most", lambda each: _used(each.minutes)),
        booked("Booked time that is measured", lambda each: _known(each.minutes)),
        booked("Bookings to which nobody came", lambda each: _missed(each.counts)),
        booked("Cancelled less than a day before", lambda each: f"{each.counts.late_cancellations}"),
    ]


def _changes(found: ComparedSite) -> str:
    said = []
    for each, than in ((found.before, "the month before"), (found.year_before, "a year before")):
        said.append(f"Visits an open hour against {than}: {_change(each)}.")
    return " ".join(said)


def _change(then: ComparedPeriod) -> str:
    if then.change is None:
        return f"not compared, since {then.why_no_change}"
    share = round(then.change * 100)
    return "the same" if not share else f"{abs(share)} % {'more' if share > 0 else 'less'}"


def _rooms(canvas: Canvas, spaces: Sequence[SpaceUse], top: float, foot: float) -> None:
    """The rooms, the most booked first, as far as they fit above ``foot``."""
    order = sorted(spaces, key=lambda each: -_share(each.minutes.booked - each.minutes.outside, each.minutes.bookable))
    heading = ("Room", "Booked", "Hours booked", "Used, at most", "Nobody came", "Measured")
    widths = (0.34, 0.14, 0.14, 0.14, 0.12, 0.12)
    rows = [
        (
            each.name + (f" ({each.places} places)" if each.places else ""),
            _booked(each.minutes),
            _hours(each.minutes.booked),
            _hours(each.minutes.used) if each.minutes.booked > each.minutes.not_measured else _NONE,
            _hours(each.minutes.no_show) if each.minutes.booked > each.minutes.not_measured else _NONE,
            _known(each.minutes),
        )
        for each in order
    ]
    room = top - foot
    high = [_row_height(each, widths) for each in (heading, *rows)]
    shown = len(rows)
    more = height_of("And", _SMALL) + 1 * mm
    while shown and sum(high[: shown + 1]) + (more if shown < len(rows) else 0) > room:
        shown -= 1
    top = _table(canvas, [heading, *rows[:shown]], widths, top)
    if shown < len(rows):
        write(canvas, f"And {len(rows) - shown} more.", _SMALL, top - 1 * mm)


def _row_height(row: Sequence[str], widths: Sequence[float]) -> float:
    return float(
        max(
            height_of(as_markup(text), _CELL if at == 0 else _NUMBER, share * WIDTH - 1 * mm)
            for at, (text, share) in enumerate(zip(row, widths, strict=True))
        )
        + 2 * _PAD
    )


def _table(canvas: Canvas, rows: Sequence[Sequence[str]], widths: Sequence[float], top: float) -> float:
    """A heading and rows with a line below each, numbers to the right; where it ends. ``widths``: shares."""
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.5)
    for number, row in enumerate(rows):
        height = _row_height(row, widths)
        left = MARGIN
        for at, (text, share) in enumerate(zip(row, widths, strict=True)):
            style = (_NAME if at == 0 else _COLUMN) if number == 0 else (_CELL if at == 0 else _NUMBER)
            write(canvas, text, style, top - _PAD, left=left, width=share * WIDTH - 1 * mm)
            left += share * WIDTH
        top -= height
        canvas.line(MARGIN, top, MARGIN + WIDTH, top)
    return float(top)


def _share(part: int, whole: int) -> float:
    return min(1.0, part / whole) if whole else 0.0


def _percent(part: int, whole: int) -> str:
    return f"{round(_share(part, whole) * 100)} %" if whole else _NONE


def _booked(minutes: Minutes) -> str:
    return _percent(minutes.booked - minutes.outside, minutes.bookable)


def _used(minutes: Minutes) -> str:
    return _percent(minutes.used, minutes.booked - minutes.not_measured)


def _missed(counts: Counts) -> str:
    return f"{counts.no_shows}" if counts.arrived + counts.no_shows else _NONE


def _bookings(number: int) -> str:
    return f"{number} booking{'s' * (number != 1)}"


def _known(minutes: Minutes) -> str:
    return _percent(minutes.booked - minutes.not_measured, minutes.booked)


def _measured(period: UsePeriod) -> str:
    return _percent(period.visits.open.measured, period.visits.open.minutes) if period.visits else "no counter"


def _per_hour(found: ModeVisits) -> str:
    return _NONE if found.per_hour is None else f"{found.per_hour:.1f}"


def _visits(found: ModeVisits) -> str:
    return _NONE if found.visits is None else f"{found.visits:,}"


def _hours(minutes: int) -> str:
    hours = minutes / 60
    return f"{hours:,.0f} h" if hours >= 10 or hours == int(hours) else f"{hours:.1f} h"
