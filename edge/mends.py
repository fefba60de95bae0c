"""What to do about what is amiss at an edge, for whoever is sent there. Every fault of a door and a counter has its
mend here; one that has none says enough by itself."""

from edge import doorway, footfall, leaf, lock, sensors, switch

_WIRE = "look for a loose wire"
_MENDS = {
    lock.DISOBEYS: "look for a short at the relay's pin, and for another program that drives it",
    lock.NOT_RELEASED: "look at the relay, its supply and the bolt, which may jam",
    lock.NOT_LOCKED: "look whether the relay is welded shut and the bolt meets its keep; the door may stand unlocked",
    lock.CONTRADICTION: "one of the two is wrong: look at the contact's magnet and at the sensor's wires",
    leaf.NEVER_OPEN: "look for a short in the contact's wires and a magnet that has come off the frame",
    doorway.EXIT_STUCK: "free the button, or look for a short in its wires; the door stays unlocked until then",
    doorway.GLASS_BROKEN: "put in a new glass, or mend the line to the unit; the door stays unlocked until then",
    doorway.STANDS_OPEN: "shut the door; if it is shut, look at the contact's magnet and wires",
    doorway.FORCED: "go and look, and shut the door; if it is shut, look at the contact's magnet and wires",
    switch.CHATTERS.format("the contact"): f"{_WIRE} and a magnet at the edge of its reach",
    switch.CHATTERS.format("the second contact"): f"{_WIRE} and a magnet at the edge of its reach",
    switch.CHATTERS.format("the lock sensor"): _WIRE,
    switch.CHATTERS.format("the exit button"): f"{_WIRE}; the door stays unlocked until then",
    switch.CHATTERS.format("the break-glass"): f"{_WIRE}; the door stays unlocked until then",
    switch.CHATTERS.format("the line"): f"{_WIRE} between the fire panel and the edge; it is taken for fire until then",
    sensors.STUCK: "look at the PIR and its wire",
}
for _beam in ("outer", "inner"):
    _MENDS[f"the {_beam} beam {footfall.BLOCKED}"] = "clear its way, clean it, or point it at its receiver again"
    _MENDS[f"the {_beam} beam {footfall.DEAD}"] = "look at its wires and receiver; nobody is counted until then"


def advised(device: str, what: str) -> str:
    """A sentence that names the device, what is wrong with it, and the mend where one is known."""
    mend = _MENDS.get(what)
    return f"{device}: {what} ({mend})" if mend is not None else f"{device}: {what}"
