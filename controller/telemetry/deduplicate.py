"""Drops events that come twice: what is stored already, by the number of each event in its log. Pure."""

from collections.abc import Iterable, Mapping

from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from controller.telemetry.validation import Judged


def judged_seq(judged: Judged) -> int | None:
    """The number of an event; ``None`` where not even that could be read."""
    return judged.event.seq if isinstance(judged, GoodEvent) else judged.seq


def deduplicate(judged: Iterable[Judged], stored: Mapping[int, str | None]) -> tuple[list[GoodEvent], list[SetAside]]:
    """What is not stored yet, each number once; the first one wins. Another event under its number is set aside: it
    happened anyway. ``stored``: the numbers that are stored, with the edge's run that each event belongs to."""
    known = dict(stored)
    good: list[GoodEvent] = []
    aside: list[SetAside] = []
    for each in judged:
        seq = judged_seq(each)
        if seq is not None:
            if seq in known:
                aside += _another(each, known[seq])
                continue
            known[seq] = _run(each)
        if isinstance(each, GoodEvent):
            good.append(each)
        else:
            aside.append(each)
    return good, aside


def _run(judged: Judged) -> str | None:
    """The edge's run that an event belongs to; ``None`` for an event that reports dropped ones, or that could not be
    read."""
    return judged.event.boot if isinstance(judged, GoodEvent) and judged.kind != "dropped" else None


def _another(judged: Judged, run: str | None) -> list[SetAside]:
    """An event whose number is stored already, of that ``run``: nothing where it is the very same."""
    if not isinstance(judged, GoodEvent) or run is None or _run(judged) in (None, run):
        return []
    why = f"its number {judged.event.seq} belongs to another event, which an earlier run of the edge sent"
    return [SetAside(seq=None, raw=judged.raw, reason=RefusalReason.NUMBER_TAKEN, why=why)]
