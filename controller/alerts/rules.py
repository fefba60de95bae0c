"""What a site has set for its alerts, and the rule that follows. Pure.

A danger has one rule everywhere: whatever is stored, it is neither off nor late.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from controller.alerts.catalogue import CATALOGUE, AlertKind
from controller.alerts.machine import AlertRule
from controller.telemetry.alert_codes import AlertCode


class SiteRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a site has set for one code. ``raise_after_s``, ``clear_after_s``: in whole seconds; None: as usual."""

    off: bool = False
    raise_after_s: int | None = None
    clear_after_s: int | None = None


SiteRules = Mapping[AlertCode, SiteRule]
"""Of one site; a code that is not in it has the usual rule."""
USUAL = SiteRule()
_DELAYS = ("raise_after", "clear_after")


def settable() -> list[AlertCode]:
    """The codes for which a site may set anything."""
    return [code for code, kind in CATALOGUE.items() if kind.may_be_off or kind.longest != kind.rule]


def rule_of(code: AlertCode, given: SiteRules) -> AlertRule:
    """The rule for a code at a site. What the catalogue does not allow, perhaps no longer, counts for nothing."""
    kind, site = CATALOGUE[code], given.get(code, USUAL)
    raise_after, clear_after = (_within(kind, name, getattr(site, f"{name}_s")) for name in _DELAYS)
    return AlertRule(raise_after=raise_after, clear_after=clear_after, off=site.off and kind.may_be_off)


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
