"""What of a batch is accepted, and what is set aside."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from controller.telemetry.validation import read_data, read_stored, unreadable, validate, validate_all
from edge.wire.codec import encode
from edge.wire.events import DroppedData, FootfallData, WifiData
from tests.controller.telemetry.speaking import event


def set_aside(raw: bytes) -> SetAside:
    judged = validate(raw)
    assert isinstance(judged, SetAside)
    return judged


def test_an_unknown_kind_is_accepted_with_all_its_fields() -> None:
    raw = encode(event(7)).replace(b'"motion"', b'"lift"').replace(b'"zone"', b'"floor"')
    judged = validate(raw)
    assert isinstance(judged, GoodEvent)
    assert (judged.kind, judged.data) == ("lift", None)
    assert '"floor"' in judged.text


def test_an_unknown_field_is_ignored() -> None:
    judged = validate(encode(event(7)).replace(b'"zone"', b'"new_in_version_9":[1],"zone"'))
    assert isinstance(judged, GoodEvent)


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"[]",
        b'"text"',
        b'{"seq":7}',
        encode(event(7)).replace(b'"zone"', b'"znoe"'),
        encode(event(7)).replace(b'"at":"2026-11-25T12:00:00Z"', b'"at":"2026-11-25T12:00:00"'),
        encode(event(7, FootfallData(counter="c", ins=1, outs=0, total_ins=1, total_outs=0))).replace(
            b'"ins":1', b'"ins":-1'
        ),
        encode(event(7)).replace(b'"hall"', b'"\xff\xfe"'),
    ],
)
def test_what_cannot_be_read_is_malformed(raw: bytes) -> None:
    judged = set_aside(raw)
    assert judged.reason is RefusalReason.MALFORMED
    assert judged.raw == raw


@pytest.mark.parametrize(
    "data",
    [
        FootfallData(counter="c", ins=10_001, outs=0, total_ins=10_001, total_outs=0),
        FootfallData(counter="c", ins=3, outs=0, total_ins=2, total_outs=0),
        WifiData(zone="hall", stations=100_001),
        DroppedData(first=8, last=7, counts={}),
        DroppedData(first=1, last=9_000, counts={}),
        DroppedData(first=0, last=7, counts={}),
    ],
)
def test_what_cannot_be_is_absurd(data: FootfallData | WifiData | DroppedData) -> None:
    judged = set_aside(encode(event(7, data)))
    assert (judged.reason, judged.seq) == (RefusalReason.ABSURD, 7)


def numbers(*raws: bytes) -> list[int | None]:
    return [
        each.event.seq if isinstance(each, GoodEvent) else each.seq
        for each in validate_all([msgspec.Raw(raw) for raw in raws])
    ]


def test_an_event_without_a_number_has_the_one_its_neighbours_leave_it() -> None:
    assert numbers(b"null", encode(event(8)), b"[]", b"{}", encode(event(11))) == [7, 8, 9, 10, 11]


def test_a_dropped_run_takes_the_place_of_all_its_numbers() -> None:
    dropped = encode(event(20, DroppedData(first=9, last=20, counts={"motion": 12})))
    assert numbers(b"null", dropped, b"null", encode(event(22))) == [8, 20, 21, 22]


def test_a_batch_in_which_no_number_can_be_read_leaves_them_open() -> None:
    assert numbers(b"null", b"null") == [None, None]


@given(st.binary())
def test_any_bytes_are_judged(raw: bytes) -> None:
    validate(raw)


def test_what_is_stored_is_read_as_it_was_judged() -> None:
    pushed = FootfallData(counter="beams", ins=2, outs=0, total_ins=9, total_outs=4)
    dropped = DroppedData(first=1, last=3, counts={"motion": 3})
    for data in (pushed, dropped, WifiData(zone="hall", stations=3)):
        kind, text = str(data.__struct_config__.tag), encode(data).decode()
        judged = read_data(kind, text)
        for stored in read_stored(kind, f"{text},{text}"):
            assert isinstance(stored, type(data))
            assert msgspec.structs.asdict(stored) == msgspec.structs.asdict(judged)  # type: ignore[arg-type]
        assert len(read_stored(kind, f"{text},{text}")) == 2
    assert read_stored("lift", "{}") == []


def test_what_a_newer_version_stored_is_left_out_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    text = encode(FootfallData(counter="beams", ins=2, outs=0, total_ins=9, total_outs=4)).decode()
    newer = text.replace('"ins":2', '"ins":{"wheelchairs":1}')
    unreadable.clear()
    assert read_data("footfall", newer) is None
    before, between, after = read_stored("footfall", f"{text},{newer},{text}")
    assert (before, between, after) == (read_data("footfall", text), None, read_data("footfall", text))
    assert unreadable == {"footfall": 2}
    assert ["of the kind footfall are left out" in line for line in caplog.messages] == [True]
