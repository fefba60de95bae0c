"""What neither calendar nor database can hold is found wherever a message may say it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import pytest
from msgspec import inspect

from controller.telemetry.model import RefusalReason, SetAside
from controller.telemetry.validation import LATEST, out_of_bounds, validate
from edge.wire.access_decision import Reason
from edge.wire.codec import encode
from edge.wire.events import (
    AccessData,
    BootData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    DroppedData,
    EarlierRun,
    EventData,
    FaultData,
    LockoutData,
    OutageData,
    PlanData,
)
from edge.wire.ids import Slug
from edge.wire.messages import DeviceState, Status
from edge.wire.offline_codes import OfflineWindow
from tests.controller.telemetry.speaking import BOOT, NOW, event

NUL = "a\0b"
LATER = LATEST + timedelta(seconds=1)
TOO_EARLY = datetime(1969, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        AccessData(door="d", granted=True, reason=Reason.GRANTED, since=LATER),
        AccessData(door="d", granted=True, reason=Reason.GRANTED, offline=OfflineWindow(start=TOO_EARLY, quarters=1)),
        DoorData(door="d", change=DoorChange.OPENED, why=NUL),
        BootData(version=NUL),
        OutageData(start=TOO_EARLY, end=NOW),
        OutageData(start=NOW, end=LATER, after=EarlierRun(boot=BOOT, mono_ms=1)),
        DroppedData(first=7, last=7, counts={NUL: 1}),
        PlanData(version=1, applied=False, why=NUL),
        FaultData(code=NUL, present=True),
        FaultData(code="jammed", part=NUL, present=True),
        LockoutData(door="d", reader="r", until=LATER, tries=3),
        ClosingData(stage=ClosingStage.CLOSED, closes_at=TOO_EARLY),
    ],
    ids=lambda data: type(data).__name__,
)
def test_every_field_that_may_hold_it_is_looked_at(data: EventData) -> None:
    judged = validate(encode(event(7, data)))
    assert isinstance(judged, SetAside)
    assert judged.reason is RefusalReason.ABSURD


@pytest.mark.parametrize("at", [TOO_EARLY, LATER])
def test_an_event_of_another_age_is_set_aside(at: datetime) -> None:
    judged = validate(encode(event(7, at=at)))
    assert isinstance(judged, SetAside)
    assert judged.reason is RefusalReason.ABSURD


def test_a_kind_that_nobody_knows_is_looked_at_too() -> None:
    judged = validate(encode(event(7)).replace(b'"motion"', b'"lift\\u0000"'))
    assert isinstance(judged, SetAside)
    assert judged.reason is RefusalReason.ABSURD


class Loose(msgspec.Struct, frozen=True, kw_only=True):
    """Texts whose patterns let a NUL through, and one in something that lies deeper."""

    named: Slug = "x"
    open_ended: Annotated[str, msgspec.Meta(pattern="^[a-z]+")] = "x"
    anything: Annotated[str, msgspec.Meta(pattern="^.*$")] = "x"
    all_but: Annotated[str, msgspec.Meta(pattern="^[^a]*$")] = "x"
    either: Annotated[str, msgspec.Meta(pattern="^a|b$")] = "x"
    deeper: tuple[dict[str, DoorData], ...] = ()
    maybe: str | int | None = None
    ids: tuple[Slug, ...] = ()


@pytest.mark.parametrize(
    "said",
    [
        Loose(open_ended=NUL),
        Loose(anything=NUL),
        Loose(all_but=NUL),
        Loose(either=NUL),
        Loose(maybe=NUL),
        Loose(deeper=({"a": DoorData(door="d", change=DoorChange.OPENED, why=NUL)},)),
        Loose(deeper=({NUL: DoorData(door="d", change=DoorChange.OPENED)},)),
    ],
)
def test_a_pattern_is_believed_only_where_it_names_every_character(said: Loose) -> None:
    assert out_of_bounds(said) is not None
    assert out_of_bounds(Loose(ids=("a", "b"))) is None


@pytest.mark.parametrize("kind", [DeviceState, Status])
def test_texts_without_a_pattern_are_looked_at_in_every_message(kind: type[msgspec.Struct]) -> None:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    given = {
        field.name: NUL if isinstance(field.type, inspect.StrType) and field.type.pattern is None else None
        for field in info.fields
    }
    assert (out_of_bounds(kind(**given)) is not None) == (NUL in given.values())
