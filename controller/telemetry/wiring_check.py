"""Parts that must work together without a network must be wired to one edge, and the fire line must reach every edge of
a site. Checked against what the edges report, since only their own configurations know areas, interlocks and lines.

Device states are unsigned, so they refuse nothing: the person who changes the site gets a warning."""

from collections import defaultdict
from collections.abc import Iterable

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.telemetry import queries
from edge.wire.messages import DeviceState


async def wiring_faults_of(tx: Tx, parts: SiteParts) -> list[str]:
    """What seems wrong with the wiring of the site as planned, one sentence each."""
    return apart(parts, await queries.site_devices(tx, parts.site.id))


def apart(parts: SiteParts, devices: Iterable[tuple[str, DeviceState]]) -> list[str]:
    """By the last report of its ``devices``, each with its edge. An edge that has reported nothing yet, or is
    to have no door, is not judged."""
    judged = {door.edge for door in parts.doors}
    reported = [(edge, state) for edge, state in devices if edge in judged]
    lined = sorted({edge for edge, state in reported if state.kind == "fire"})
    found = [
        f"{edge!r} reports no fire line, but {lined[0]!r} does: wire the line to this edge too, and name it in its "
        "edge.toml with [fire]"
        for edge in sorted({edge for edge, _ in reported} - set(lined))
        if lined
    ]
    spans: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for edge, state in reported:
        if state.kind == "alarm":
            spans["alarm area", state.device].add(edge)
        if isinstance(lobby := state.values.get("interlock"), str):
            spans["interlock", lobby].add(edge)
    for (what, name), edges in sorted(spans.items()):
        if len(edges) > 1:
            first, *others = sorted(edges)
            text = f"the {what} {name!r} is on {first!r} and {', '.join(map(repr, others))}; what must act together "
            found.append(f"{text}without a network must be on one edge")
    return found
