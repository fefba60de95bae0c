"""What a space is made of: atoms, which cannot be divided further. Pure."""

from collections.abc import Iterable, Mapping, Sequence


class Circular(ValueError):
    """A space is a part of itself. ``way``: from the space back to it."""

    def __init__(self, way: Sequence[str]) -> None:
        super().__init__(f"{' > '.join(way)}: a space cannot be a part of itself")
        self.way = tuple(way)


def atoms_of(parts: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Space -> its atoms, sorted, from space -> its parts; one without parts is its own atom.

    Parts may lie in several wholes (zones 1+2 and 2+3), to any depth. A part that is no space of its own is an atom.
    Raises ``Circular``.
    """
    inside = {space: tuple(each) for space, each in parts.items()}
    found: dict[str, frozenset[str]] = {}
    for space in inside:
        _settle(space, inside, found)
    return {space: tuple(sorted(found[space])) for space in inside}


def _settle(space: str, inside: Mapping[str, Sequence[str]], found: dict[str, frozenset[str]]) -> None:
    """Find the atoms of a space and of all it divides into; by hand instead of by recursion, which has a depth."""
    way: dict[str, None] = {}  # the spaces that are being looked into, in order
    ahead = [space]
    while ahead:
        here = ahead[-1]
        if here in found:
            ahead.pop()
            continue
        way[here] = None
        waiting = [part for part in inside.get(here, ()) if part not in found]
        for part in waiting:
            if part in way:
                walked = list(way)
                raise Circular((*walked[walked.index(part) :], part))
        if waiting:
            ahead.append(waiting[0])
            continue
        atoms = [found[part] for part in inside.get(here, ())]
        found[here] = frozenset().union(*atoms) if atoms else frozenset((here,))
        del way[here]
        ahead.pop()
