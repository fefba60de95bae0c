"""Calendars read by programs that are not ours."""

import asyncio
import io
import sys
from pathlib import Path

import icalendar
import vobject

_KHAL = """\
[calendars]
[[in]]
path = {folder}/in
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
default_calendar = in
"""
_VDIRSYNCER = """\
[general]
status_path = "{folder}/status/"
[pair calendar]
a = "ours"
b = "theirs"
collections = null
conflict_resolution = "a wins"
[storage ours]
type = "http"
url = "{url}"
[storage theirs]
type = "filesystem"
path = "{folder}/theirs/"
fileext = ".ics"
"""


def faults(data: bytes) -> list[str]:
    """What is wrong with a calendar by the rules that can be seen from its bytes, by icalendar and by vobject."""
    found = []
    for number, line in enumerate(data.split(b"\r\n"), start=1):
        if b"\n" in line or b"\r" in line:
            found.append(f"line {number}: a bare line end")
        if len(line) > 75:
            found.append(f"line {number}: {len(line)} octets")
        if line.decode(errors="replace").count("\ufffd"):
            found.append(f"line {number}: a character is cut")
    if not data.endswith(b"\r\n"):
        found.append("no end of the last line")
    read = icalendar.Calendar.from_ical(data)
    found += [f"{component.name}: {error}" for component in read.walk() for error in getattr(component, "errors", [])]
    uids = [str(event["UID"]) for event in read.walk("VEVENT")]
    if len(uids) != len(set(uids)):
        found.append("a UID comes twice")
    known = {str(zone["TZID"]) for zone in read.walk("VTIMEZONE")}
    for event in read.walk("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            zone = event[name].params.get("TZID")
            if zone is not None and zone not in known:
                found.append(f"{name} in {zone}, which is not described")
    vobject.readOne(io.StringIO(data.decode())).validate(raiseException=True)
    return found


async def khal_reads(folder: Path, data: bytes, *days: str) -> list[str]:
    """The lines that khal prints of a calendar for the time from one day to another."""
    (folder / "in").mkdir(parents=True)
    (folder / "config").write_text(_KHAL.format(folder=folder))
    (folder / "file.ics").write_bytes(data)
    await _run(folder, "khal", "-c", str(folder / "config"), "import", "--batch", str(folder / "file.ics"))
    form = "{start-date} {start-time} {end-date} {end-time} {title}"
    listed = await _run(
        folder, "khal", "-c", str(folder / "config"), "list", "--format", form, "--day-format", "", *days
    )
    return [line for line in listed.splitlines() if line.strip()]


async def vdirsyncer_reads(folder: Path, url: str) -> list[bytes]:
    """The events that vdirsyncer fetches from an address, each as a file of its own."""
    (folder / "theirs").mkdir(parents=True, exist_ok=True)
    (folder / "sync").write_text(_VDIRSYNCER.format(folder=folder, url=url))
    if not (folder / "status").exists():
        await _run(folder, "vdirsyncer", "-c", str(folder / "sync"), "discover")
    await _run(folder, "vdirsyncer", "-c", str(folder / "sync"), "sync", "--force-delete")
    return [file.read_bytes() for file in sorted((folder / "theirs").glob("*.ics"))]


async def _run(folder: Path, program: str, *words: str) -> str:
    """Its output. Raises ``AssertionError`` with what it said where it fails or complains."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name(program)),
        *words,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "Europe/London"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    complaints = [
        line for line in errors.decode().splitlines() if "error" in line.lower() or "critical" in line.lower()
    ]
    assert process.returncode == 0, f"{program}: {errors.decode()} {output.decode()}"
    assert complaints == [], f"{program}: {complaints}"
    return output.decode()
