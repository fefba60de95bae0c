"""The bytes on the wire are those of the golden samples: a change of format shows here first."""

import msgspec
import pytest

from edge.wire.codec import decode, encode
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.event_batch import EventBatch
from edge.wire.events import KINDS, read_event
from edge.wire.messages import Command
from edge.wire.plan import Part
from tests.edge.wire.samples import CONTROLLER, DATA, EVENTS, FOLDER, KEYS, SAMPLES
from tools.wire_document import SECTIONS, own_docstring, page


@pytest.mark.parametrize("name", SAMPLES)
def test_a_value_is_written_as_in_its_sample(name: str) -> None:
    assert encode(SAMPLES[name]) == (FOLDER / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", [name for name in SAMPLES if not isinstance(SAMPLES[name], EventBatch)])
def test_a_sample_is_read_as_its_value(name: str) -> None:
    data = (FOLDER / f"{name}.json").read_bytes()
    sample = SAMPLES[name]
    read = msgspec.json.decode(data, type=Part) if name.startswith("part_") else decode(data, type(sample))
    assert read == sample


def test_the_events_of_a_batch_are_read_one_by_one() -> None:
    batch = decode((FOLDER / "batch.json").read_bytes(), EventBatch)
    assert [read_event(bytes(raw)).read() for raw in batch.events] == list(DATA.values())
    assert [event.kind for event in EVENTS] == list(DATA)


def test_there_is_a_sample_of_every_model_and_event() -> None:
    assert set(DATA) == KINDS
    shown = {model.__name__ for _, models in SECTIONS for model in models}
    assert {type(sample).__name__ for sample in SAMPLES.values()} <= shown
    assert {type(data).__name__ for data in DATA.values()} <= shown


def test_a_signed_envelope_is_written_and_read_as_in_its_sample() -> None:
    data = (FOLDER / "command.envelope.json").read_bytes()
    assert CONTROLLER.seal(Purpose.COMMAND, SAMPLES["command"]) == data
    keys = Keyring(CONTROLLER.public_key)
    found = open_envelope(data, purpose=Purpose.COMMAND, kind=Command, site="ramsey", edge="ramsey-pi", keys=keys)
    assert found == SAMPLES["command"]


@pytest.mark.parametrize("name", KEYS)
def test_the_reference_of_a_credential_never_changes(name: str) -> None:
    """Such as HMAC-SHA256 of ``booking_code NUL 482913`` under the bytes 0 to 31."""
    assert KEYS[name] == (FOLDER / f"{name}.txt").read_text().strip()


def test_the_page_about_the_wire_format_is_the_generated_one() -> None:
    committed = (FOLDER.parents[2] / "docs" / "wire.md").read_text(encoding="utf-8")
    assert committed == page(), "run: python -m tools.wire_document > docs/wire.md"


def test_the_page_prints_no_docstring_of_a_library() -> None:
    class Bare(msgspec.Struct):
        field: int

    with pytest.raises(LookupError, match="Bare needs a docstring"):
        own_docstring(Bare)
    assert (msgspec.Struct.__doc__ or "").splitlines()[0] not in page()
