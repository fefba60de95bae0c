"""Which parties may be one. Pure."""

import difflib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from controller.people.merging.model import DuplicatePair
from controller.people.model import Party
from controller.people.repository import email_key

NEAR = 0.88
"""From this share of letters in common on, two names are nearly the same."""
_FILLERS = frozenset({"the", "a", "of", "and", "group", "club", "society"})


def duplicates(parties: Sequence[Party], *, most: int) -> list[DuplicatePair]:
    """Pairs of active parties of one kind with the same mail address or phone number, or nearly the same name; those
    with most in common first."""
    active = [each for each in parties if each.ended_at is None]
    why: dict[tuple[str, str], list[str]] = defaultdict(list)
    for label, key in (("mail", _mail), ("phone", lambda each: phone_key(each.contact_phone)), ("name", _name)):
        groups: dict[tuple[str, str], list[Party]] = defaultdict(list)
        for each in active:
            if value := key(each):
                groups[each.kind, value].append(each)
        for group in groups.values():
            for one, other in _pairs(group):
                why[one.id, other.id].append(label)
    for one, other in _near(active):
        if "name" not in why[one.id, other.id]:
            why[one.id, other.id].append("name")
    by_id = {each.id: each for each in active}
    found = [
        DuplicatePair(
            party=one, party_name=by_id[one].name, duplicate=other, duplicate_name=by_id[other].name, why=tuple(labels)
        )
        for (one, other), labels in why.items()
        if labels
    ]
    return sorted(found, key=lambda each: (-len(each.why), each.party, each.duplicate))[:most]


def _pairs(group: Sequence[Party]) -> Iterator[tuple[Party, Party]]:
    """The one with the lesser id first; of many that share a value only those next to each other."""
    ordered = sorted(group, key=lambda each: each.id)
    return itertools.pairwise(ordered)


def _near(parties: Sequence[Party]) -> Iterator[tuple[Party, Party]]:
    """Those whose names begin alike are compared."""
    blocks: dict[tuple[str, str], list[tuple[str, Party]]] = defaultdict(list)
    for each in parties:
        if name := _name(each):
            blocks[each.kind, name[:3]].append((name, each))
    for block in blocks.values():
        ordered = sorted(block, key=lambda each: (each[0], each[1].id))
        for (one, left), (other, right) in itertools.pairwise(ordered):
            if difflib.SequenceMatcher(None, one, other).ratio() >= NEAR:
                yield (left, right) if left.id < right.id else (right, left)


def _mail(party: Party) -> str:
    return email_key(party.contact_email)


def phone_key(phone: str) -> str:
    """Its last nine digits, so that a country code makes no difference; empty where it has fewer."""
    digits = re.sub(r"\D", "", phone)
    return digits[-9:] if len(digits) >= 9 else ""


def _name(party: Party) -> str:
    words = re.findall(r"\w+", party.name.casefold())
    return "".join(each for each in words if each not in _FILLERS) or "".join(words)
