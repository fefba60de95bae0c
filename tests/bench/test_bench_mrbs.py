"""What `make mrbs` is made of, without MRBS: processor time by process, slots, a browser's form, the printed lines."""

import subprocess
from datetime import date
from itertools import islice

from tests.bench.bench_mrbs import DAYS, FREE, PRESENT, ROOMS, TAKEN, Cost, Figures, Race, free_slots, lines
from tests.cpu_times import cpu_seconds_of
from tests.services.mrbs import fields

FORM = """
<form id="other"><input name="not" value="this"></form>
<form id="main"><input type="hidden" name="csrf_token" value="a&amp;b">
<select name="room"><option value="1">Hall</option><option value="2" selected>Studio</option></select>
<select name="room" disabled><option value="3" selected>Yard</option></select>
<textarea name="description"></textarea><input type="text" name="name" value="">
<input type="checkbox" name="skip"><input type="checkbox" name="limit" checked>
<input type="radio" name="repeat" value="0" checked><input type="radio" name="repeat" value="1">
<input type="submit" name="save" value="Save"></form>
<form id="later"><input name="nor" value="this"></form>
"""


def test_of_a_form_is_sent_what_a_browser_would_send() -> None:
    assert fields(FORM, "main") == [
        ("csrf_token", "a&b"),
        ("room", "2"),
        ("description", ""),
        ("name", ""),
        ("limit", "on"),
        ("repeat", "0"),
    ]


def test_processor_time_counts_processes_that_have_ended() -> None:
    work = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"
    argv = ["sh", "-c", f"sh -c '{work}'; echo; read line"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert cpu_seconds_of(process.pid) >= 0.01


def test_each_slot_is_free_and_comes_once() -> None:
    every = list(free_slots(date(2027, 1, 1)))
    assert len(set(every)) == len(every) == len(ROOMS) * DAYS * len(FREE)
    assert not {slot.starts.hour for slot in every} & set(TAKEN)
    assert len({slot.starts.date() for slot in every}) == DAYS
    assert {slot.room for slot in islice(every, len(ROOMS))} == set(range(len(ROOMS)))


def test_the_ratio_is_printed_beside_its_limit() -> None:
    here = Figures(
        name="Hallkeeper",
        costs={1: Cost(ms={"controller": 5.0, "PostgreSQL": 3.0}, waited_ms=9.0)},
        race=Race(there=20, said=20),
    )
    there = Figures(name="MRBS 1", costs={1: Cost(ms={"PHP": 80.0}, waited_ms=99.0)}, race=Race(there=21, said=22))
    assert list(lines(here, there, present=PRESENT)) == [
        "PostgreSQL with 219,000 bookings, 1 client: Hallkeeper 8.0 ms of processor time a booking (controller 5.0, "
        "PostgreSQL 3.0); MRBS 1 80.0 ms of processor time a booking (PHP 80.0): 0.100 of it (at most 0.1); answered "
        "after 9 ms and 99 ms",
        "8 clients that post the same 20 slots at once: Hallkeeper says yes 20 times and holds 20 bookings of them",
        "8 clients that post the same 20 slots at once: MRBS 1 says yes 22 times and holds 21 bookings of them",
    ]
