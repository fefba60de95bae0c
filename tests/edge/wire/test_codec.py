"""Any bytes are a value or a ``WireError``, and nothing else."""

import contextlib
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.wire.codec import MESSAGE_LIMIT, decode, encode
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.errors import Malformed, TooLarge, WireError
from edge.wire.event_batch import seq_of
from edge.wire.events import Event, read_event
from edge.wire.interval import Interval
from edge.wire.messages import Status
from edge.wire.plan import Manifest, PartRef, digest, read_part
from edge.wire.topics import CATALOGUE, Topic, parse, subscriptions
from tests.edge.wire.samples import CONTROLLER, EVENTS, SAMPLES, STATUS

KINDS = sorted({type(sample) for sample in SAMPLES.values()}, key=lambda kind: kind.__name__)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=6),
    max_leaves=20,
)


@pytest.mark.parametrize("kind", KINDS)
@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_any_bytes_into_the_codec_give_a_value_or_a_wire_error(kind: type[msgspec.Struct], data: bytes) -> None:
    with contextlib.suppress(WireError):
        assert isinstance(decode(data, kind), kind)


@given(json_values)
def test_any_json_decodes_to_a_value_or_a_wire_error(value: object) -> None:
    data = json.dumps(value).encode()
    for kind in KINDS:
        try:
            found = decode(data, kind)
        except WireError:
            continue
        assert isinstance(found, kind)


@pytest.mark.parametrize("name", SAMPLES)
@given(st.data())
@settings(max_examples=50)
def test_a_sample_with_any_byte_changed_yields_a_value_or_a_wire_error(name: str, data: st.DataObject) -> None:
    sample = SAMPLES[name]
    text = bytearray(encode(sample))
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed):
        assert isinstance(decode(bytes(text), type(sample)), type(sample))


@given(st.binary(max_size=300))
def test_random_bytes_are_not_an_envelope_event_or_part(data: bytes) -> None:
    keys = Keyring(CONTROLLER.public_key)
    with pytest.raises(WireError):
        open_envelope(data, purpose=Purpose.STATUS, kind=Status, site="ramsey", edge="ramsey-pi", keys=keys)
    with pytest.raises(WireError):
        read_event(data)
    with pytest.raises(WireError):
        read_part("hours", data, PartRef(digest=digest(data), size=len(data)))
    assert seq_of(data) is None or data.startswith(b"{")


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_an_interval_at_the_end_of_the_calendar_is_malformed(start: str) -> None:
    with pytest.raises(Malformed):
        decode(json.dumps({"start": start, "end": "2026-01-01T00:00:00Z"}).encode(), Interval)


def test_deep_nesting_is_malformed() -> None:
    with pytest.raises(WireError):
        decode(b"[" * 100_000, Status)


def test_an_unknown_field_is_ignored() -> None:
    grown = json.loads(encode(STATUS)) | {"mood": "sunny"}
    assert decode(json.dumps(grown).encode(), Status) == STATUS


@pytest.mark.parametrize(
    ("field", "value"),
    [("site", "Ramsey"), ("at", "2026-10-25T00:30:00"), ("head", -1), ("nonce", "x"), ("health", {"a": -1})],
)
def test_a_value_out_of_range_is_malformed(field: str, value: object) -> None:
    wrong = json.loads(encode(STATUS)) | {field: value}
    with pytest.raises(Malformed):
        decode(json.dumps(wrong).encode(), Status)


def test_a_message_past_the_limit_is_too_large() -> None:
    with pytest.raises(TooLarge):
        decode(b" " * (MESSAGE_LIMIT + 1), Status)


def test_an_event_of_a_kind_not_known_is_kept_and_not_refused() -> None:
    event = msgspec.structs.replace(EVENTS[0], data=msgspec.Raw(b'{"kind":"earthquake","strength":3}'))
    found = decode(encode(event), Event)
    assert (found.kind, found.read()) == ("earthquake", None)


def test_a_known_event_with_a_negative_count_is_malformed() -> None:
    event = msgspec.structs.replace(EVENTS[0], data=msgspec.Raw(b'{"kind":"wifi","zone":"hall","stations":-1}'))
    with pytest.raises(Malformed):
        decode(encode(event), Event).read()


def test_the_same_plan_has_the_same_digest() -> None:
    manifest = SAMPLES["manifest"]
    assert isinstance(manifest, Manifest)
    assert decode(encode(manifest), Manifest).digest == manifest.digest


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_topic_of_the_catalogue_is_read_back_and_subscribed_to(kind: object) -> None:
    name = getattr(kind, "name", "")
    text = f"hk/1/ramsey/ramsey-pi/{name.replace('{name}', 'hours-0').replace('{device}', 'front-door')}"
    topic = parse(text)
    assert topic is not None
    assert str(topic) == text
    filters = subscriptions(getattr(kind, "way", "up"), site="ramsey", edge="ramsey-pi")
    assert text in filters or f"{text.rpartition('/')[0]}/+" in filters


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hk/1",
        "hk/2/ramsey/ramsey-pi/status",
        "hk/1/Ramsey/ramsey-pi/status",
        "hk/1/ramsey/ramsey-pi/secrets",
        "hk/1/ramsey/ramsey-pi/state/",
        "hk/1/ramsey/ramsey-pi/state/" + "x" * 101,
        "hk/1/ramsey/ramsey-pi",
    ],
)
def test_other_topics_are_not_ours(text: str) -> None:
    assert parse(text) is None


@pytest.mark.cases_full
@given(st.text(max_size=60))
def test_any_text_is_a_topic_of_ours_or_none(text: str) -> None:
    topic = parse(text)
    assert topic is None or isinstance(topic, Topic)
