"""Writes docs/wire.md from the models, the catalogue and their docstrings: ``python -m tools.wire_document``."""

import enum
import inspect
import sys
import types
import typing
from datetime import datetime

import msgspec

from edge.wire import (
    access_decision,
    codec,
    command_acceptance,
    credentials,
    enrolment,
    envelope,
    errors,
    event_batch,
    events,
    faults,
    interval,
    messages,
    offline_codes,
    plan,
    qr_passes,
    releases,
    topics,
)

INTRODUCTION = """\
# The wire format

Generated from `edge/wire` by `python -m tools.wire_document > docs/wire.md`; a test fails when this page and the code
differ.

MQTT 5, clean start, session expiry 0, no user properties. All payloads are JSON in UTF-8 with snake_case keys;
instants are RFC 3339 in UTC, bytes are base64, intervals are half-open. An unknown field is ignored; a plan may name
in `must_understand` what must not be. Whatever does not fit is refused, counted under the name given below, shown in
`Status.health`, and changes nothing.
"""
SECTIONS: tuple[tuple[str, tuple[type[msgspec.Struct], ...]], ...] = (
    ("Envelope", (envelope.Envelope,)),
    ("Who is there", (messages.Status, messages.Hello, messages.HelloReply, messages.DeviceState)),
    (
        "Plan",
        (
            plan.Manifest,
            plan.PartRef,
            plan.HoursPart,
            plan.DoorSpan,
            plan.ModesPart,
            plan.ModeSpan,
            plan.GrantsPart,
            plan.Grant,
            plan.SessionsPart,
            plan.Session,
            plan.ClosingPart,
            plan.OverridesPart,
            plan.Override,
            plan.OfflinePart,
            plan.OfflineListing,
            offline_codes.OfflineWindow,
            interval.Interval,
            messages.Applied,
        ),
    ),
    ("Events", (event_batch.EventBatch, events.Event, event_batch.Ack)),
    (
        "What an event says",
        (
            events.AccessData,
            events.UnreadData,
            events.DoorData,
            events.FootfallData,
            events.RecountData,
            events.MotionData,
            events.WifiData,
            events.ReadingData,
            events.BootData,
            events.OutageData,
            events.EarlierRun,
            events.DroppedData,
            events.PlanData,
            events.FaultData,
            events.FireData,
            events.LockoutData,
            events.AlarmData,
            events.ClosingData,
        ),
    ),
    ("Passes", (qr_passes.Pass,)),
    ("Commands", (messages.Command, messages.CommandResult)),
    (
        "Releases",
        (
            releases.ReleaseFile,
            releases.ReleaseManifest,
            releases.KeyChange,
            releases.UpdateOrder,
            releases.UpdateWanted,
            releases.UpdateState,
        ),
    ),
    (
        "Identity",
        (
            enrolment.Application,
            enrolment.Renewal,
            enrolment.Delivery,
            enrolment.EdgeIdentity,
            enrolment.DoorSecret,
            enrolment.BrokerAddress,
        ),
    ),
)
WORDS: tuple[type[enum.StrEnum], ...] = (
    envelope.Purpose,
    credentials.CredentialKind,
    credentials.Method,
    plan.Mode,
    plan.Passback,
    plan.OverrideKind,
    access_decision.ClockTrust,
    events.DoorChange,
    events.FireChange,
    events.AlarmChange,
    events.ClosingStage,
    messages.ResultCode,
    releases.UpdatePhase,
)


_ABOUT = {"Envelope": envelope, "Passes": qr_passes, "Releases": releases}
"""Sections that begin with what a module says of itself."""


def page() -> str:
    """The whole page."""
    lines = [INTRODUCTION, "## Topics\n", f"Under `{topics.ROOT}/{{site}}/{{edge}}/`:\n"]
    lines += ["| topic | way | retained | QoS | payload |", "|---|---|---|---|---|"]
    for kind in topics.CATALOGUE:
        kept = "yes" if kind.retained else "no"
        lines.append(f"| `{kind.name}` | {kind.way} | {kept} | {kind.qos} | {kind.payload} |")
    lines += ["", *_sections(), *_limits(), *_words(), *_faults(), *_refusals()]
    return "\n".join(lines).rstrip() + "\n"


def _sections() -> list[str]:
    lines: list[str] = []
    for title, models in SECTIONS:
        lines += [f"## {title}\n"]
        if title in _ABOUT:
            lines += [own_docstring(_ABOUT[title]), ""]
        for model in models:
            lines += [
                f"### {model.__name__}\n",
                own_docstring(model),
                "",
                "| field | type | default |",
                "|---|---|---|",
            ]
            info = msgspec.inspect.type_info(model)
            assert isinstance(info, msgspec.inspect.StructType)
            hints = typing.get_type_hints(model, include_extras=True)
            if info.tag is not None:
                lines.append(f"| `{info.tag_field}` | `{info.tag!r}` | always |")
            for field in info.fields:
                default = "required" if field.required else f"`{_default(field)}`"
                lines.append(f"| `{field.encode_name}` | {_kind(hints[field.name])} | {default} |")
            lines.append("")
    return lines


def _limits() -> list[str]:
    return [
        "## Limits\n",
        f"- a message: {codec.MESSAGE_LIMIT} bytes; a plan part: {codec.PART_LIMIT} bytes",
        f"- a batch: {event_batch.BATCH_LIMIT} events; batches ahead of their acknowledgement: "
        f"{event_batch.IN_FLIGHT_LIMIT}",
        f"- a command lives {messages.COMMAND_LIFE_S:g} s at most; {command_acceptance.SEEN_LIMIT} commands a session",
        f"- an ordinary code: {credentials.CODE_LENGTH_MIN} to {credentials.CODE_LENGTH_MAX} digits, the first not"
        f" {credentials.OFFLINE_FIRST}",
        f"- an offline code: {credentials.OFFLINE_LENGTH} digits, the first {credentials.OFFLINE_FIRST}",
        f"- a pass lives {qr_passes.LIFE.total_seconds():g} s at most, "
        f"give or take {qr_passes.SKEW.total_seconds():g} s",
        f"- a plan reaches {plan.HORIZON.days} days ahead",
        f"- on the disk within 50 ms: {', '.join(sorted(events.URGENT))}; everything else within 1 s",
        "",
    ]


def _words() -> list[str]:
    lines = ["## Words\n"]
    for words in WORDS:
        lines += [f"- `{words.__name__}`: " + ", ".join(f"`{word.value}`" for word in words)]
    lines += ["", "### Reason\n", own_docstring(access_decision.Reason), "", "| reason | in words |", "|---|---|"]
    lines += [f"| `{reason.value}` | {text} |" for reason, text in access_decision.REASON_TEXT.items()]
    return [*lines, ""]


def _faults() -> list[str]:
    lines = ["## Faults\n", own_docstring(faults), "", "| code | what is wrong | what to do |", "|---|---|---|"]
    lines += [
        f"| `{code.value}` | {each.text.format(part='…')} | {each.hint} |" for code, each in faults.CATALOGUE.items()
    ]
    code = faults.FaultCode.SENSORS_CUT_OFF
    lines += [f"| `{code}:{part}` | {each.text} | {each.hint} |" for part, each in faults.OF_SENSORS.items()]
    return [*lines, ""]


def _refusals() -> list[str]:
    lines = ["## Refusals\n", "| counted as | what it is |", "|---|---|"]
    kinds: list[type[errors.WireError]] = [errors.WireError, *errors.WireError.__subclasses__()]
    by_counter = {kind.counter: kind for kind in kinds}
    return [*lines, *(f"| `{counter}` | {own_docstring(kind)} |" for counter, kind in by_counter.items()), ""]


def own_docstring(thing: type | types.ModuleType) -> str:
    """What a class or module says of itself, never what it inherits, such as msgspec's text. Raises ``LookupError``
    if it says nothing."""
    said = vars(thing).get("__doc__")
    if not said:
        raise LookupError(f"{thing.__name__} needs a docstring, which docs/wire.md prints")
    return inspect.cleandoc(said).replace("``", "`")


def _default(field: msgspec.inspect.Field) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return {dict: "{}", list: "[]"}.get(field.default_factory, "…")
    return msgspec.json.encode(field.default).decode()


def _kind(hint: object) -> str:
    """A type in words a reader of JSON knows."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _kind(inner[0]) + _bounds(inner[1:])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_kind(one) for one in inner)
    if origin is tuple:
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"object: {_kind(inner[0])} to {_kind(inner[1])}"
    if isinstance(hint, type):
        names = {str: "text", int: "whole number", float: "number", bool: "true/false", bytes: "base64"}
        names |= {type(None): "null", datetime: "instant", msgspec.Raw: "JSON"}
        return names.get(hint) or f"`{hint.__name__}`"
    return str(hint)


def _bounds(notes: tuple[object, ...]) -> str:
    said = []
    for note in notes:
        if isinstance(note, msgspec.Meta):
            said += [f"≥ {note.ge}"] if note.ge is not None else []
            said += [f"≤ {note.le}"] if note.le is not None else []
            said += [f"`{note.pattern}`".replace("|", "\\|")] if note.pattern is not None else []
            least, most = note.min_length, note.max_length
            if least is not None and least == most:
                said.append(f"length {least}")
            else:
                said += [f"length ≥ {least}"] if least is not None else []
                said += [f"length ≤ {most}"] if most is not None else []
    return f" ({', '.join(said)})" if said else ""


if __name__ == "__main__":
    sys.stdout.write(page())
