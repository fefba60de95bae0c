"""What happens in a doorway with two beams, by name: geometry, with the truth. People walk, loiter, turn back, follow
closely, push prams; the sun flickers; beams fail.

A scene gives the changes that the two receivers see, and how many people came in and went out by it.
"""

import random
from collections.abc import Callable, Mapping

import msgspec

from firmware_sim.beam_crossing import BEAM_GAP_M, INNER, OUTER, BeamPulse, beam_pulses

Path = list[tuple[float, float]]
_MARGIN_M = 0.05


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """``changes``: in the order of time, from clear beams to clear beams. ``ins``, ``outs``: who really passed."""

    changes: tuple[BeamPulse, ...]
    ins: int = 0
    outs: int = 0


class _Body(msgspec.Struct, frozen=True):
    path: Path
    depth_m: float


def seen(pulses: list[BeamPulse]) -> tuple[BeamPulse, ...]:
    """The changes that receivers see where several bodies are in the beams."""
    inside = {OUTER: 0, INNER: 0}
    found = []
    for pulse in sorted(pulses, key=lambda each: (each.at_s, not each.broken)):
        before = inside[pulse.beam]
        inside[pulse.beam] += 1 if pulse.broken else -1
        if (before > 0) is not (inside[pulse.beam] > 0):
            found.append(pulse)
    return tuple(found)


def _scene(*bodies: _Body, ins: int = 0, outs: int = 0) -> Scene:
    pulses = []
    for body in bodies:
        for beam, place in ((OUTER, 0.0), (INNER, BEAM_GAP_M)):
            pulses += beam_pulses(body.path, body.depth_m, beam, place)
    return Scene(changes=seen(pulses), ins=ins, outs=outs)


def _inwards(depth_m: float, speed: float, starts_s: float = 0.0) -> _Body:
    length = BEAM_GAP_M + depth_m + 2 * _MARGIN_M
    return _Body([(starts_s, -_MARGIN_M), (starts_s + length / speed, length - _MARGIN_M)], depth_m)


def _outwards(depth_m: float, speed: float, starts_s: float = 0.0) -> _Body:
    length = BEAM_GAP_M + depth_m + 2 * _MARGIN_M
    return _Body([(starts_s, length - _MARGIN_M), (starts_s + length / speed, -_MARGIN_M)], depth_m)


def _depth(rng: random.Random) -> float:
    return rng.uniform(0.26, 0.42)


def _either(rng: random.Random, *bodies: tuple[float, float, float], people: int) -> Scene:
    """Bodies by depth, speed and start, inwards or outwards."""
    if rng.random() < 0.5:
        return _scene(*(_inwards(*each) for each in bodies), ins=people)
    return _scene(*(_outwards(*each) for each in bodies), outs=people)


def walks(rng: random.Random) -> Scene:
    return _either(rng, (_depth(rng), rng.uniform(0.7, 1.4), 0.0), people=1)


def runs(rng: random.Random) -> Scene:
    return _either(rng, (_depth(rng), rng.uniform(2.0, 4.0), 0.0), people=1)


def shuffles(rng: random.Random) -> Scene:
    """A person with a walking frame."""
    return _either(rng, (rng.uniform(0.5, 0.8), rng.uniform(0.08, 0.25), 0.0), people=1)


def is_thin(rng: random.Random) -> Scene:
    """A small child, narrower than the gap between the beams."""
    return _either(rng, (rng.uniform(0.12, 0.18), rng.uniform(0.5, 1.0), 0.0), people=1)


def swings_an_arm(rng: random.Random) -> Scene:
    """A hand goes through the beams just ahead of its person."""
    depth, speed = _depth(rng), rng.uniform(0.9, 1.3)
    return _either(rng, (rng.uniform(0.05, 0.08), 1.5 * speed, 0.0), (depth, speed, rng.uniform(0.25, 0.35)), people=1)


def turns_back(rng: random.Random) -> Scene:
    depth, speed = _depth(rng), rng.uniform(0.6, 1.2)
    reach, thought = rng.uniform(0.08, BEAM_GAP_M + 0.6 * depth), rng.uniform(0.3, 2.5)
    there = (reach + _MARGIN_M) / speed
    path = [(0.0, -_MARGIN_M), (there, reach), (there + thought, reach), (2 * there + thought, -_MARGIN_M)]
    return _scene(_Body(path, depth))


def dithers(rng: random.Random) -> Scene:
    """Nearly in, half a step back, then in."""
    depth, speed = _depth(rng), rng.uniform(0.7, 1.2)
    far, near = depth + rng.uniform(0.03, 0.15), rng.uniform(0.05, BEAM_GAP_M - 0.03)
    end = BEAM_GAP_M + depth + _MARGIN_M
    path, at = [(0.0, -_MARGIN_M)], 0.0
    for place, stays in ((far, rng.uniform(0.3, 2)), (near, rng.uniform(0.3, 2)), (end, 0.0)):
        at += abs(place - path[-1][1]) / speed
        path.append((at, place))
        if stays:
            path.append((at := at + stays, place))
    return _scene(_Body(path, depth), ins=1)


def loiters(rng: random.Random) -> Scene:
    """Leans on the frame, in one beam or in both, swaying, and goes in or away."""
    depth = _depth(rng)
    place = rng.uniform(0.06, BEAM_GAP_M + depth - 0.06)
    path, at = [(0.0, -_MARGIN_M), (0.5, place)], 0.5
    for _ in range(rng.randint(3, 20)):
        at += rng.uniform(0.8, 4.0)
        path.append((at, place + rng.uniform(-0.05, 0.05)))
    goes_in = rng.random() < 0.5
    path.append((at + 1.0, BEAM_GAP_M + depth + _MARGIN_M if goes_in else -_MARGIN_M))
    return _scene(_Body(path, depth), ins=int(goes_in))


def tailgates(rng: random.Random) -> Scene:
    """Two, one at the heels of the other."""
    first, second, speed = _depth(rng), _depth(rng), rng.uniform(0.7, 1.3)
    behind = rng.uniform(0.06, 0.18)
    return _either(rng, (first, speed, 0.0), (second, speed, (first + behind) / speed), people=2)


def three_in_a_row(rng: random.Random) -> Scene:
    speed, at, bodies = rng.uniform(0.7, 1.3), 0.0, []
    for _ in range(3):
        depth = _depth(rng)
        bodies.append((depth, speed, at))
        at += (depth + rng.uniform(0.08, 0.3)) / speed
    return _either(rng, *bodies, people=3)


def go_abreast(rng: random.Random) -> Scene:
    """Two side by side, at most half a step apart."""
    speed = rng.uniform(0.7, 1.3)
    bodies = ((_depth(rng), speed, 0.0), (_depth(rng), speed * rng.uniform(0.95, 1.05), rng.uniform(0.0, 0.2)))
    return _either(rng, *bodies, people=2)


def meet(rng: random.Random) -> Scene:
    """One comes in while another goes out."""
    one = _inwards(_depth(rng), rng.uniform(0.7, 1.3))
    return _scene(one, _outwards(_depth(rng), rng.uniform(0.7, 1.3), rng.uniform(0.0, 0.4)), ins=1, outs=1)


def pushes_a_pram(rng: random.Random) -> Scene:
    """A pram with a gap before who pushes it; counted is who pushes."""
    pram, speed = rng.uniform(0.8, 1.0), rng.uniform(0.5, 1.0)
    behind = (pram + rng.uniform(0.05, 0.17)) / speed
    return _either(rng, (pram, speed, 0.0), (_depth(rng), speed, behind), people=1)


def pushes_a_trolley(rng: random.Random) -> Scene:
    """A trolley of books, slowly, without a gap."""
    return _either(rng, (rng.uniform(1.2, 1.8), rng.uniform(0.15, 0.5), 0.0), people=1)


def _flicker(rng: random.Random, *beams: str) -> Scene:
    pulses: list[BeamPulse] = []
    for beam in beams:
        at = rng.uniform(0.0, 0.3)
        for _ in range(rng.randint(20, 200)):
            lasts = rng.uniform(0.002, 0.12)
            pulses += [BeamPulse(at_s=at, beam=beam, broken=True), BeamPulse(at_s=at + lasts, beam=beam, broken=False)]
            at += lasts + rng.uniform(0.02, 0.5)
    return Scene(changes=seen(pulses))


def sun_in_one_beam(rng: random.Random) -> Scene:
    """Sun through leaves."""
    return _flicker(rng, rng.choice((OUTER, INNER)))


def sun_in_both_beams(rng: random.Random) -> Scene:
    return _flicker(rng, OUTER, INNER)


SCENES: Mapping[str, Callable[[random.Random], Scene]] = {
    "walks through": walks,
    "runs": runs,
    "shuffles with a frame": shuffles,
    "a small child": is_thin,
    "swings an arm": swings_an_arm,
    "turns back": turns_back,
    "half a step back, then in": dithers,
    "loiters in the beams": loiters,
    "a second at the heels": tailgates,
    "three in a row": three_in_a_row,
    "two abreast": go_abreast,
    "in and out at once": meet,
    "pushes a pram": pushes_a_pram,
    "pushes a trolley": pushes_a_trolley,
    "sun in one beam": sun_in_one_beam,
    "sun in both beams": sun_in_both_beams,
}
