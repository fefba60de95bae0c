"""The topics, ``hk/1/{site}/{edge}/…``, and what is published on each."""

import re
from typing import Literal

import msgspec

from edge.wire.ids import SLUG_PATTERN

ROOT = "hk/1"

Way = Literal["up", "down"]


class TopicKind(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the catalogue. ``up`` goes from edge to controller."""

    name: str
    way: Way
    retained: bool
    payload: str
    qos: Literal[0, 1] = 1


CATALOGUE: tuple[TopicKind, ...] = (
    TopicKind(name="status", way="up", retained=True, payload="Status in an envelope; also the last will"),
    TopicKind(name="hello", way="down", retained=False, payload="Hello in an envelope"),
    TopicKind(name="hello/reply", way="up", retained=False, payload="HelloReply in an envelope"),
    TopicKind(name="plan", way="down", retained=True, payload="Manifest in an envelope"),
    TopicKind(name="plan/part/{name}", way="down", retained=True, payload="a Part, named by digest in the manifest"),
    TopicKind(name="plan/applied", way="up", retained=True, payload="Applied in an envelope"),
    TopicKind(name="plan/held", way="up", retained=False, payload="the Manifest in force, as it came in its envelope"),
    TopicKind(name="plan/held/{name}", way="up", retained=False, payload="a Part of it, as it came"),
    TopicKind(name="state/{device}", way="up", retained=True, payload="DeviceState"),
    TopicKind(name="events", way="up", retained=False, payload="EventBatch in an envelope"),
    TopicKind(name="events/ack", way="down", retained=False, payload="Ack in an envelope"),
    TopicKind(name="identity", way="down", retained=False, payload="Delivery in an envelope"),
    TopicKind(name="renewal", way="up", retained=False, payload="Renewal in an envelope"),
    TopicKind(name="update", way="down", retained=True, payload="UpdateOrder in an envelope"),
    TopicKind(name="update/part/{name}", way="down", retained=False, payload="bytes of a package, from an offset"),
    TopicKind(name="update/wanted", way="up", retained=False, payload="UpdateWanted in an envelope"),
    TopicKind(name="update/state", way="up", retained=True, payload="UpdateState in an envelope"),
    TopicKind(name="command", way="down", retained=False, payload="Command in an envelope"),
    TopicKind(name="command/result", way="up", retained=False, payload="CommandResult in an envelope"),
)


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of one edge. ``name`` is one of the catalogue's fixed names, ``item`` the part or device."""

    site: str
    edge: str
    name: str
    item: str | None = None

    def __str__(self) -> str:
        tail = f"{self.name}/{self.item}" if self.item is not None else self.name
        return f"{ROOT}/{self.site}/{self.edge}/{tail}"


_WITH_ITEM = {"plan/part", "plan/held", "state", "update/part"}
_PLAIN = {kind.name for kind in CATALOGUE if "{" not in kind.name}
_SLUG = SLUG_PATTERN.strip("^$")
_TOPIC = re.compile(rf"{ROOT}/({_SLUG})/({_SLUG})/(.+)")


def parse(text: str) -> Topic | None:
    """Parse a topic; ``None`` if it is not in the catalogue."""
    found = _TOPIC.fullmatch(text)
    if found is None:
        return None
    site, edge, tail = found.groups()
    if tail in _PLAIN:
        return Topic(site=site, edge=edge, name=tail)
    name, _, item = tail.rpartition("/")
    if name in _WITH_ITEM and item and len(item) <= 100:
        return Topic(site=site, edge=edge, name=name, item=item)
    return None


def subscriptions(way: Way, *, site: str = "+", edge: str = "+") -> tuple[str, ...]:
    """The filters for all topics in one direction: an edge subscribes to ``down``, a controller to ``up``."""
    return tuple(
        f"{ROOT}/{site}/{edge}/{kind.name.partition('{')[0] + '+' if '{' in kind.name else kind.name}"
        for kind in CATALOGUE
        if kind.way == way
    )
