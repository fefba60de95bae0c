"""What a space is made of: atoms, which cannot be divided further. Pure."""

from collections.abc import Iterable, Mapping, Sequence


class Circular(ValueError):
    """A space is a part of itself. ``way``: from the space back to it."""

    def __init__(self, way: Sequence[str]) -> None:
        super().__init__(f"{' > '.join(way)}: a space cannot be a part of itself")
        self.way = tuple(way)


def atoms_of(parts: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Space -> its atoms, sorted, from space -> its parts; one without parts is its own atom.

    Parts may lie in several wholes (zones 1+2 and 2+3). Raises ``Circular``.
    """
    found: dict[str, frozenset[str]] = {}

    def walk(space: str, way: tuple[str, ...]) -> frozenset[str]:
        if space in way:
            raise Circular((*way[way.index(space) :], space))
        if space not in found:
            inside = [walk(part, (*way, space)) for part in parts.get(space, ())]
            found[space] = frozenset().union(*inside) if inside else frozenset((space,))
        return found[space]

    return {space: tuple(sorted(walk(space, ()))) for space in parts}
