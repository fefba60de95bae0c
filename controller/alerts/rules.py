"""What a site has set for its alerts, and the rule that follows. Pure.

A danger has one rule everywhere: whatever is stored, it is neither off nor late.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

import msgspec

from controller.alerts.catalogue import CATALOGUE, AlertKind
from controller.alerts.machine import AlertRule
from controller.telemetry.alert_codes import AlertCode
from edge.wire.faults import FaultCode


class SiteRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a site has set for one code. ``raise_after_s``, ``clear_after_s``: in whole seconds; None: as usual."""

    off: bool = False
    raise_after_s: int | None = None
    clear_after_s: int | None = None


SiteRules = Mapping[AlertCode, SiteRule]
"""Of one site; a code that is not in it has the usual rule."""
USUAL = SiteRule()
_PROMPT = {FaultCode.TAMPER_OPEN, FaultCode.READER_TAMPERED, f"{FaultCode.INPUT_CHATTERS}:fire_line"}
"""Faults that no site can put off: somebody tampers, or the fire line cannot be relied on."""
_DELAYS = ("raise_after", "clear_after")


def settable() -> list[AlertCode]:
    """The codes for which a site may set anything."""
    return [code for code, kind in CATALOGUE.items() if kind.may_be_off or kind.longest != kind.rule]


def rule_of(code: AlertCode, given: SiteRules, members: Collection[str] = ()) -> AlertRule:
    """The rule for a code at a site. What the catalogue does not allow, perhaps no longer, counts for nothing.
    ``members``: what an alert is of; with a fault that may hide a danger it is as prompt as usual."""
    kind, site = CATALOGUE[code], given.get(code, USUAL)
    raise_after, clear_after = (_within(kind, name, getattr(site, f"{name}_s")) for name in _DELAYS)
    if code is AlertCode.FAULT and any(_is_prompt(each) for each in members):
        raise_after = kind.rule.raise_after
    return AlertRule(raise_after=raise_after, clear_after=clear_after, off=site.off and kind.may_be_off)


def _is_prompt(member: str) -> bool:
    """Of a fault of a device, or of one of several devices: its code and part come last."""
    fault = member.rpartition(" ")[2]
    return fault in _PROMPT or fault.partition(":")[0] in _PROMPT


def _within(kind: AlertKind, name: str, given: int | None) -> timedelta:
    least, most = _bounds(kind, name)
    return min(max(timedelta(seconds=given or 0), least), most)


def _bounds(kind: AlertKind, name: str) -> tuple[timedelta, timedelta]:
    return getattr(kind.rule, name), getattr(kind.longest, name)


def kept(given: SiteRules) -> dict[AlertCode, SiteRule]:
    """What of it is to be stored: what differs from the usual rules, which may change with a later version."""
    found = {}
    for code, rule in given.items():
        delays = {name: getattr(rule, f"{name}_s") for name in _DELAYS}
        usual = {name: _bounds(CATALOGUE[code], name)[0].total_seconds() for name in _DELAYS}
        differ = {f"{name}_s": None if delays[name] == usual[name] else delays[name] for name in _DELAYS}
        if (rule := msgspec.structs.replace(rule, **differ)) != USUAL:
            found[code] = rule
    return found


def why_not(code: AlertCode, given: SiteRule) -> tuple[str, str] | None:
    """The field of a rule that the catalogue does not allow, and what it may be; None for a rule that it allows."""
    kind = CATALOGUE[code]
    if given.off and not kind.may_be_off:
        return "off", f"{code} cannot be switched off"
    for name in _DELAYS:
        seconds = getattr(given, f"{name}_s")
        least, most = (int(each.total_seconds()) for each in _bounds(kind, name))
        if seconds is not None and not least <= seconds <= most:
            return f"{name}_s", f"must be {least}" + (f" to {most} seconds" if most > least else f" s for {code}")
    return None
