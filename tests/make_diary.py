"""Makes a hall's diary with khal, a calendar program that is not ours, so that the import meets real files.

``python -m tests.make_diary OUT.ics`` writes the diary that the demo imports into March's hall: weekly series
that began in 2024 and do not end, left-out weeks (EXDATE), moved weeks (RECURRENCE-ID), and a night over both
clock changes. The program ``khal`` makes and imports the events; its library leaves weeks out as its screen does.
"""

import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from khal.khalendar import CalendarCollection

LONDON = ZoneInfo("Europe/London")
WEEKLY = (
    ("2024-09-02 18:00", "2024-09-02 20:00", "March Tai Chi"),
    ("2024-09-03 09:30", "2024-09-03 11:30", "Stay and play"),
    ("2024-09-03 19:30", "2024-09-03 21:30", "March Choral Society"),
    ("2024-09-04 10:00", "2024-09-04 15:00", "Job club"),
    ("2024-09-05 14:00", "2024-09-05 16:00", "Tea dance"),
    ("2024-09-06 18:30", "2024-09-06 21:00", "Youth club"),
    ("2024-09-07 21:00", "2024-09-08 07:00", "Night shelter"),
)
CHOIR = "March Choral Society"
YEARS = range(2024, 2036)
"""Years for which the choir leaves out Christmas and sings on a Wednesday before its concert."""

_CONFIG = """\
[calendars]
[[hall]]
path = {folder}/hall
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = Europe/London
default_timezone = Europe/London
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[default]
default_calendar = hall
"""


_HALL = {"name": "hall", "readonly": False, "color": "", "priority": 10, "ctype": "calendar", "addresses": []}


def make_diary(folder: Path) -> bytes:
    """The diary as one iCalendar file. ``folder`` is khal's to work in."""
    (folder / "hall").mkdir()
    (folder / "config").write_text(_CONFIG.format(folder=folder))
    for starts, ends, title in WEEKLY:
        _khal(folder, "new", "-a", "hall", "-r", "weekly", *starts.split(), *ends.split(), title)
    _leave_out_christmas(folder)
    _move_the_rehearsals(folder)
    return _joined([file.read_text(encoding="utf-8") for file in sorted((folder / "hall").glob("*.ics"))])


def _khal(folder: Path, *words: str) -> None:
    command = [str(Path(sys.executable).with_name("khal")), "-c", str(folder / "config"), *words]
    environment = os.environ | {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def _rehearsals() -> list[datetime]:
    first = datetime.fromisoformat(WEEKLY[2][0]).replace(tzinfo=LONDON)
    weeks = range(52 * len(YEARS))
    return [first + timedelta(weeks=week) for week in weeks]  # wall time: both are of one zone


def _leave_out_christmas(folder: Path) -> None:
    collection = CalendarCollection(
        calendars={"hall": _HALL | {"path": str(folder / "hall")}},
        dbpath=str(folder / "library.db"),
        locale={"local_timezone": LONDON, "default_timezone": LONDON},
    )
    for rehearsal in _rehearsals():
        if (rehearsal.month, rehearsal.day) < (12, 23):
            continue
        for event in collection.get_localized(rehearsal, rehearsal + timedelta(minutes=1)):
            if event.summary == CHOIR:
                event.delete_instance(event.start)
                collection.update(event)


def _move_the_rehearsals(folder: Path) -> None:
    """The last rehearsal of February is on the Wednesday evening, which khal takes in as an exception."""
    file = next(file for file in (folder / "hall").glob("*.ics") if CHOIR in file.read_text(encoding="utf-8"))
    text = file.read_text(encoding="utf-8")
    uid = re.search(r"^UID:(.*)$", text, re.MULTILINE)
    assert uid is not None
    moved = ""
    for rehearsal in _rehearsals():
        if rehearsal.month == 2 and (rehearsal + timedelta(days=7)).month == 3:
            wednesday = rehearsal + timedelta(days=1)
            moved += "".join(
                line + "\r\n"
                for line in (
                    "BEGIN:VEVENT",
                    f"UID:{uid.group(1).strip()}",
                    "DTSTAMP:20240901T090000Z",
                    f"RECURRENCE-ID;TZID=Europe/London:{rehearsal:%Y%m%dT%H%M%S}",
                    f"DTSTART;TZID=Europe/London:{wednesday:%Y%m%dT193000}",
                    f"DTEND;TZID=Europe/London:{wednesday:%Y%m%dT213000}",
                    f"SUMMARY:{CHOIR} (concert rehearsal)",
                    "END:VEVENT",
                )
            )
    with_exceptions = folder / "exceptions.ics"
    with_exceptions.write_text(text.replace("END:VCALENDAR", moved + "END:VCALENDAR"), encoding="utf-8", newline="")
    _khal(folder, "import", "--batch", "-a", "hall", str(with_exceptions))


def _joined(texts: list[str]) -> bytes:
    """One VCALENDAR of khal's many: the head of the first, its time zone once, every event as khal wrote it."""
    head = re.split(r"^BEGIN:V(?:TIMEZONE|EVENT)", texts[0], maxsplit=1, flags=re.MULTILINE)[0]
    zone = max(_blocks(texts, "VTIMEZONE"), key=len)  # all are of one TZID; the longest covers the most years
    joined = head + zone + "".join(_blocks(texts, "VEVENT")) + "END:VCALENDAR\r\n"
    return joined.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _blocks(texts: list[str], name: str) -> list[str]:
    pattern = re.compile(rf"^BEGIN:{name}\r?\n.*?^END:{name}\r?\n", re.MULTILINE | re.DOTALL)
    return [block for text in texts for block in pattern.findall(text)]


def main() -> None:
    """Write the diary to the file named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        Path(sys.argv[1]).write_bytes(make_diary(Path(folder)))


if __name__ == "__main__":
    main()
