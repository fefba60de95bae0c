"""Draws codes that nobody else has at the doors, now or later, and that nobody had there recently."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from controller.access import repository
from controller.access.code_generation import Chooser, Codes, Issue, NoCodeLeft
from controller.db.engine import DRAWN, Tx
from edge.wire.credentials import CredentialKind, code_key

RECENT = timedelta(days=28)
"""How long after its window a code is not issued to anybody else."""
_TRIES = 50


async def draw_unused(
    tx: Tx,
    site: str,
    here: Mapping[str, bytes],
    given: Issue,
    booking_ids: Sequence[str],
    known: Mapping[str, Codes],
    now: datetime,
    *,
    fresh: bool,
    choose: Chooser,
) -> dict[str, Codes]:
    """For each owner, codes that nobody else has at any of the doors, now or later, or had recently: people who
    knew such a code could come in again. Raises ``NoCodeLeft``."""
    lots = given.lots()
    wanted = [(owner, lot) for owner in dict.fromkeys(map(given.owner, booking_ids)) for lot in lots]
    had = {code for codes in known.values() for code in codes.by_door.values()} if fresh else set[str]()
    chosen: dict[tuple[str, tuple[str, ...]], str] = {}
    for turn in range(_TRIES):
        waiting = [each for each in wanted if each not in chosen]
        if not waiting:
            break
        tried: dict[tuple[str, tuple[str, ...]], str] = {}
        for owner, lot in waiting:
            length = given.lengths[lot[0]]
            kept = "" if turn or fresh else _present_code(known.get(owner), lot, length)
            drawn = "" if kept else tx.info.get(DRAWN, {}).pop((lot, length), "")
            tried[owner, lot] = kept or drawn or choose(length)
        keys = {
            each: tuple(code_key(here[door], CredentialKind.BOOKING_CODE, code) for door in each[1])
            for each, code in tried.items()
        }
        held = await repository.holders(
            tx, site=site, keys=[key for each in waiting for key in keys[each]], since=now - RECENT
        )
        for each, code in tried.items():
            taken = any(owner != each[0] for key in keys[each] for owner in held.get(key, ()))
            if not taken and code not in had and code not in chosen.values():
                chosen[each] = code
    if len(chosen) < len(wanted):
        raise NoCodeLeft(site, _TRIES)
    found: dict[str, dict[str, str]] = {}
    for (owner, lot), code in chosen.items():
        doors = ("",) if len(lots) == 1 else lot
        found.setdefault(owner, {}).update(dict.fromkeys(doors, code))
    return {owner: Codes(by_door=by_door) for owner, by_door in found.items()}


def _present_code(codes: Codes | None, lot: Sequence[str], length: int) -> str:
    """The code that is on all doors of a lot already and is as long as they want it; empty where there is none."""
    found = {codes.at(door) for door in lot} if codes is not None else set[str]()
    code = found.pop() if len(found) == 1 else ""
    return code if len(code) == length else ""
