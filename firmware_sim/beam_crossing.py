"""How a person breaks two light beams: geometry, from a path to pulses.

The outer beam lies at 0 m, the inner at ``BEAM_GAP_M`` further in. A path is where a body's inner face is at
which second; the body reaches ``depth_m`` outwards from there.
"""

import random
from itertools import pairwise

import msgspec

BEAM_GAP_M = 0.2
OUTER, INNER = "outer", "inner"


class BeamPulse(msgspec.Struct, frozen=True, kw_only=True):
    """``beam`` is broken, or clear again, ``at_s`` seconds after the path began."""

    at_s: float
    beam: str
    broken: bool


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One person's passage, or attempt: the pulses, and the time in the doorway."""

    pulses: tuple[BeamPulse, ...]
    lasts_s: float


def walk_in(rng: random.Random) -> Passage:
    """Somebody comes in."""
    depth, speed = rng.uniform(0.26, 0.42), rng.uniform(0.7, 1.4)
    length = BEAM_GAP_M + depth + 0.1
    return _walk([(0.0, -0.05), ((length + 0.05) / speed, length)], depth)


def walk_out(rng: random.Random) -> Passage:
    """Somebody goes out."""
    depth, speed = rng.uniform(0.26, 0.42), rng.uniform(0.7, 1.4)
    length = BEAM_GAP_M + depth + 0.05
    return _walk([(0.0, length), ((length + 0.05) / speed, -0.05)], depth)


def turn_back(rng: random.Random) -> Passage:
    """Somebody comes from outside, turns back in the doorway, and goes out."""
    depth, speed = rng.uniform(0.26, 0.42), rng.uniform(0.6, 1.2)
    reach = rng.uniform(0.08, BEAM_GAP_M + depth * 0.6)
    there = (reach + 0.05) / speed
    thought = rng.uniform(0.3, 2.5)
    return _walk([(0.0, -0.05), (there, reach), (there + thought, reach), (2 * there + thought, -0.05)], depth)


def _walk(path: list[tuple[float, float]], depth: float) -> Passage:
    pulses: list[BeamPulse] = []
    for beam, place in ((OUTER, 0.0), (INNER, BEAM_GAP_M)):
        pulses += beam_pulses(path, depth, beam, place)
    return Passage(pulses=tuple(sorted(pulses, key=lambda pulse: pulse.at_s)), lasts_s=path[-1][0])


def beam_pulses(path: list[tuple[float, float]], depth: float, beam: str, place: float) -> list[BeamPulse]:
    """When a body on this path breaks and clears the beam at ``place``."""
    found: list[BeamPulse] = []
    for (start, x0), (end, x1) in pairwise(path):
        if x0 == x1:
            continue
        # The face reaches the beam and breaks it; the back leaves it and clears it. Outwards it is the other way round.
        for edge, broken in ((place, x1 > x0), (place + depth, x1 < x0)):
            share = (edge - x0) / (x1 - x0)
            if 0 < share <= 1:
                found.append(BeamPulse(at_s=start + share * (end - start), beam=beam, broken=broken))
    return found
