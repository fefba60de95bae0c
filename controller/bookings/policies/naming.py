"""The spaces and parties that a policy names, and where. Pure."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from controller.diary.code_sharing import CodeRule
from controller.diary.policy import ApprovalRule, Policy, PriorityWindow, Quota, ReleaseRule

_ForSpaces: TypeAlias = ApprovalRule | PriorityWindow | Quota | ReleaseRule | CodeRule
_ForParties: TypeAlias = ApprovalRule | Quota


def spaces_named(policy: Policy) -> Iterator[tuple[str, str]]:
    """Each space with the path of the field that names it: ``rules.0.spaces.1``."""
    parts: dict[str, Sequence[_ForSpaces]] = {
        "rules": policy.rules,
        "windows": policy.windows,
        "quotas": policy.quotas,
        "release": policy.release,
        "codes": policy.codes,
    }
    for kind, found in parts.items():
        for index, part in enumerate(found):
            for at, space in enumerate(part.spaces):
                yield space, f"{kind}.{index}.spaces.{at}"


def parties_named(policy: Policy) -> Iterator[tuple[str, str]]:
    """Each party with the path of the field that names it."""
    parts: dict[str, Sequence[_ForParties]] = {"rules": policy.rules, "quotas": policy.quotas}
    for kind, found in parts.items():
        for index, part in enumerate(found):
            for at, party in enumerate(part.parties):
                yield party, f"{kind}.{index}.parties.{at}"
