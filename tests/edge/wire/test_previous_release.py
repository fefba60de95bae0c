"""An edge and a controller that are one release apart understand each other, both ways.

By what went over the previous release's broker, and by the schema of its messages: ``tests/data/previous``.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.wire.codec import decode
from edge.wire.enrolment import Delivery, Renewal
from edge.wire.envelope import Envelope, Keyring, Purpose, open_envelope
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.events import KINDS, Event, EventData, read_event
from edge.wire.messages import Applied, Command, CommandResult, DeviceState, Hello, HelloReply, Status
from edge.wire.plan import Manifest, Part, check_manifest, read_part
from edge.wire.topics import parse

PREVIOUS = Path(__file__).parents[2] / "data" / "previous"
KEYS = json.loads((PREVIOUS / "keys.json").read_text())
EDGE = Keyring(Ed25519PublicKey.from_public_bytes(bytes.fromhex(KEYS["edge"])))
CONTROLLER = Keyring(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(KEYS["controller.key"])).public_key())
MESSAGES = [line.split("\t") for line in (PREVIOUS / "messages.tsv").read_text().splitlines()]
UP: dict[str, tuple[Purpose, Any]] = {
    "status": (Purpose.STATUS, Status),
    "hello/reply": (Purpose.HELLO_REPLY, HelloReply),
    "plan/applied": (Purpose.APPLIED, Applied),
    "events": (Purpose.EVENTS, EventBatch),
    "command/result": (Purpose.RESULT, CommandResult),
}
DOWN: dict[str, tuple[Purpose, Any]] = {
    "hello": (Purpose.HELLO, Hello),
    "plan": (Purpose.PLAN, Manifest),
    "events/ack": (Purpose.ACK, Ack),
    "identity": (Purpose.IDENTITY, Delivery),
    "command": (Purpose.COMMAND, Command),
}


def _said(topic: str) -> list[bytes]:
    return [payload.encode() for name, payload in MESSAGES if name == topic]


def _opened(topic: str, keys: Keyring, purpose: Purpose, kind: Any) -> list[Any]:
    return [
        open_envelope(each, purpose=purpose, kind=kind, keys=keys, site="ramsey", edge="ramsey-pi")
        for each in _said(topic)
    ]


def test_a_message_of_every_kind_was_recorded_on_a_topic_that_is_still_known() -> None:
    topics = {name for name, _ in MESSAGES}
    assert topics >= UP.keys() | DOWN.keys()
    assert all(parse(f"hk/1/ramsey/ramsey-pi/{name}") is not None for name in topics)


@pytest.mark.parametrize("topic", UP)
def test_a_message_of_the_previous_edge_is_accepted(topic: str) -> None:
    assert _opened(topic, EDGE, *UP[topic])


@pytest.mark.parametrize("topic", DOWN)
def test_a_message_of_the_previous_controller_is_accepted(topic: str) -> None:
    assert _opened(topic, CONTROLLER, *DOWN[topic])


def test_every_event_of_the_previous_edge_can_be_read() -> None:
    events = [read_event(bytes(raw)) for batch in _opened("events", EDGE, *UP["events"]) for raw in batch.events]
    for each in events:
        each.read()
    assert {each.kind for each in events} == {"boot", "plan", "door", "access", "wifi"}


def test_every_state_of_the_previous_edge_s_devices_can_be_read() -> None:
    states = [decode(each.encode(), DeviceState) for name, each in MESSAGES if name.startswith("state/")]
    assert len(states) > 3


def test_a_whole_plan_of_the_previous_controller_can_be_carried_out() -> None:
    [manifest] = _opened("plan", CONTROLLER, *DOWN["plan"])
    check_manifest(manifest, None)
    parts = dict(MESSAGES)
    read = [read_part(name, parts[f"plan/part/{name}"].encode(), ref) for name, ref in manifest.parts.items()]
    assert len(read) == len(manifest.parts) > 50


BEFORE: dict[str, dict[str, Any]] = json.loads((PREVIOUS / "wire_schema.json").read_text())["defs"]
SENT_DOWN = (Envelope, Hello, Manifest, Ack, Command, Delivery)
SENT_UP = (Envelope, Status, HelloReply, Applied, CommandResult, DeviceState, EventBatch, Renewal, Event)


def _schema(*kinds: Any) -> dict[str, dict[str, Any]]:
    found = msgspec.json.schema_components(kinds)[1]
    for each in found.values():
        each.pop("description", None)
    plain: dict[str, dict[str, Any]] = json.loads(json.dumps(found))
    return plain


def _refused(writer: dict[str, dict[str, Any]], reader: dict[str, dict[str, Any]]) -> list[str]:
    """What the reader could refuse of what the writer may send. A field that the reader does not know it ignores."""
    wrong = []
    for name, written in writer.items():
        read = reader.get(name)
        if read is None:
            continue
        if missing := set(read.get("required", ())) - set(written.get("required", ())):
            wrong.append(f"{name} is refused without {', '.join(sorted(missing))}")
        if new := set(written.get("enum", ())) - set(read.get("enum", written.get("enum", ()))):
            wrong.append(f"{name} is refused with {', '.join(sorted(map(str, new)))}")
        for field, shape in written.get("properties", {}).items():
            known = read.get("properties", {}).get(field, shape)
            if known != shape:
                wrong.append(f"{name}.{field} was {json.dumps(known)} and is {json.dumps(shape)}")
    return wrong


def test_the_previous_edge_can_read_whatever_this_controller_sends() -> None:
    assert _refused(_schema(*SENT_DOWN, Part), BEFORE) == []


def test_this_controller_can_read_whatever_the_previous_edge_sends() -> None:
    now = _schema(*SENT_UP, EventData)
    before = {name: BEFORE[name] for name in now if name in BEFORE}
    assert before.keys() >= {"Status", "HelloReply", "EventBatch", "Event", "DoorData"}
    assert _refused(before, now) == []
    assert {"boot", "door", "access", "footfall", "outage", "plan"} <= KINDS


def test_a_message_that_the_reader_would_refuse_is_found() -> None:
    kind: dict[str, Any] = {"enum": ["unlock", "restart"]}
    message: dict[str, Any] = {"required": ["site"], "properties": {"site": {"type": "string"}, "new": {}}}
    known: dict[str, Any] = {"required": ["edge"], "properties": {"site": {"type": "null"}}}
    reader: dict[str, dict[str, Any]] = {"Kind": {"enum": ["unlock"]}, "Message": known}
    assert _refused({"Kind": kind, "Message": message}, reader) == [
        "Kind is refused with restart",
        "Message is refused without edge",
        'Message.site was {"type": "null"} and is {"type": "string"}',
    ]
