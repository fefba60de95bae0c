"""The policy as a table of a site's file."""

from datetime import datetime

from controller.bookings.diary import policy_repository
from controller.bookings.diary.policy import Policy
from controller.bookings.policies.routes import PolicyBody, policy_body
from controller.bookings.policies.service import PolicyService, unknown
from controller.bookings.rules.reason_wording import plural
from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.estate.site_file import sections
from controller.estate.site_file.sections import FileFault, Plain, SectionPreview, SectionValue, overlaid

_NULLS = {
    "hold_hours": "until-start",
    "notice_min": "none",
    "reminder_hour": "none",
    "hire": "none",
    "quiet_hours": "none",
}
"""Field -> how it says null, which TOML does not have."""
_NOTED = 20


class PolicySection:
    """``[policy]``. What it leaves out stays as it is."""

    name = "policy"

    def __init__(self, policies: PolicyService) -> None:
        self._policies = policies

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        return _table(await policy_repository.policy(tx, parts.site.id))

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> SectionValue:
        body, problems = sections.read(PolicyBody, _with_null(table))
        if body is None:
            return SectionValue(problems=tuple(problems))
        policy = body.policy()
        faults = await unknown(tx, policy, site=parts.site.id, spaces={space.id for space in parts.spaces})
        return SectionValue(value=_table(policy), problems=tuple(FileFault(place=at, text=text) for at, text in faults))

    def merged(self, current: Plain, given: Plain) -> Plain:
        return overlaid(current, given)

    async def preview_change(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> SectionPreview:
        effect = await self._policies.effect(tx, parts.site.id, _policy(value), now=now)
        notes = [each.text for each in effect.exceeding[:_NOTED]]
        if effect.confirmed:
            waiting = plural(len(effect.confirmed), "request")
            notes.append(f"the new rules would confirm {waiting} that now wait for a manager")
        if stay := len(effect.codes.running) + len(effect.codes.coming):
            verb = "keeps" if stay == 1 else "keep"
            notes.append(f"{plural(stay, 'booking')} {verb} the present door code, drawn by the old rules")
        return SectionPreview(notes=tuple(notes))

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        await self._policies.bring(tx, parts.site.id, _policy(value), actor=actor, now=now)


def _table(policy: Policy) -> Plain:
    table = sections.written(policy_body(policy))
    plain = Policy()
    nulls = [name for name in _NULLS if getattr(policy, name) is None and getattr(plain, name) is not None]
    return table | {name: _NULLS[name] for name in nulls}


def _policy(table: Plain) -> Policy:
    return PolicyBody.model_validate(_with_null(table)).policy()


def _with_null(table: Plain) -> Plain:
    return table | {name: None for name, word in _NULLS.items() if table.get(name) == word}
