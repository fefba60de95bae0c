"""How an OSDP reader shows one frame of a signal: osdp_LED and osdp_BUZ (SIA OSDP 2.2, 6.10 and 6.11). Pure."""

import math

from edge.doors.signals import SignalFrame
from edge.readers.osdp_panel import BUZ, LED

_BLACK, _RED, _GREEN, _AMBER = range(4)
_COLOURS = {(False, False): _BLACK, (True, False): _GREEN, (False, True): _RED, (True, True): _AMBER}
_KEEP, _SET = 0, 1
_SILENCE, _TONE = 1, 2
_LONGEST_DS = 255


def orders(frame: SignalFrame) -> list[tuple[int, bytes]]:
    """The commands with their data: the first light of the first reader permanently, its buzzer as long as the
    frame."""
    colour = _COLOURS[frame.green, frame.red]
    light = bytes([0, 0, _KEEP, *bytes(6), _SET, _LONGEST_DS, 0, colour, colour])
    tenths = min(_LONGEST_DS, max(1, math.ceil(frame.for_s * 10)))
    sound = bytes([0, _TONE, tenths, 0, 1] if frame.beep else [0, _SILENCE, 0, 0, 0])
    return [(LED, light), (BUZ, sound)]
