"""The requests of ``hallkeeper sim``, each carried out in the world: type, scan, walk, switch power, network and fire,
break the disk or the clock of a Pi, and ask for the status.
"""

from typing import Any, Protocol

from firmware_sim import world_protocol as protocol
from firmware_sim.errors import NoSuchThing, ProcessFailed
from firmware_sim.ground_truth import Way
from firmware_sim.pi_faults import DiskState
from firmware_sim.world_runner import ActResult, WorldRunner

_DISKS = {
    DiskState.SOUND: "has a sound disk",
    DiskState.FULL: "has a full disk",
    DiskState.READ_ONLY: "has a disk that has become read-only",
}


class Mains(Protocol):
    """Control of a building from outside the world: its Pi's process and its line."""

    async def set_power(self, site: str, on: bool) -> None: ...

    def set_network(self, site: str, up: bool) -> None: ...

    def network(self, site: str) -> bool: ...


class PluggedPis(Protocol):
    """The Pis at their sockets in the world."""

    async def plugged(self, site: str) -> None: ...

    def set_hardware(self, site: str, **changes: Any) -> None: ...


class SimRequests:
    """Carries out requests in one world."""

    def __init__(self, runner: WorldRunner, mains: Mains, pis: PluggedPis) -> None:
        self._runner = runner
        self._world = runner.world
        self._mains = mains
        self._pis = pis

    async def answer(self, question: protocol.ToWorld) -> protocol.WorldAnswer:
        """Carry a request out. ``code`` 0: done, 1: it could not be, 2: there is no such site, door or reader."""
        try:
            if isinstance(question, protocol.KeyAsk):
                return _told(await self._runner.key(question.site, question.door, question.keys))
            if isinstance(question, protocol.CardAsk):
                return _told(await self._runner.card(question.site, question.door, question.card, question.pin))
            if isinstance(question, protocol.ScanAsk):
                return _told(await self._runner.scan(question.site, question.door, question.text, question.pin))
            if isinstance(question, protocol.WalkAsk):
                walk = self._runner.walk_in if question.way == "in" else self._runner.walk_out
                return _told(await walk(question.site, question.door))
            if isinstance(question, protocol.SwitchAsk):
                return await self._switch(question)
            if isinstance(question, protocol.GlassAsk):
                return _told(self._runner.set_glass(question.site, question.door, question.broken))
            if isinstance(question, protocol.DiskAsk):
                self._pis.set_hardware(question.site, disk=question.state)
                return self._done(question.site, _DISKS[question.state], "The Pi of ")
            if isinstance(question, protocol.ClockAsk):
                self._pis.set_hardware(question.site, clock_off_s=question.off_s)
                return self._done(question.site, f"is {question.off_s:g} s ahead", "The clock of the Pi of ")
        except NoSuchThing as error:
            return protocol.WorldAnswer(code=2, text=str(error))
        except (ValueError, ProcessFailed) as error:
            return protocol.WorldAnswer(code=1, text=str(error))
        return self.status()

    async def _switch(self, question: protocol.SwitchAsk) -> protocol.WorldAnswer:
        site, on = question.site, question.on
        if question.what == "fire":
            return _told(self._runner.set_fire(site, on))
        place = self._world.site(site)
        if question.what == "network":
            self._mains.set_network(site, on)
            return self._done(site, f"is {'on' if on else 'cut off from'} the network")
        self._runner.catch_up()
        place.set_mains(on)
        await self._mains.set_power(site, on)
        if on:
            await self._pis.plugged(site)
        return self._done(site, f"has {'power again' if on else 'no power'}")

    def _done(self, site: str, what: str, of: str = "") -> protocol.WorldAnswer:
        return protocol.WorldAnswer(code=0, text=f"{of}{self._world.site(site).building.name} {what}")

    def status(self) -> protocol.WorldAnswer:
        """Ask for the true values and those that the edges recorded."""
        self._runner.catch_up()
        world, truth = self._world, self._world.truth
        sites = tuple(
            protocol.SiteStatus(
                site=name,
                power=place.mains,
                fire=place.fire,
                siren=place.siren,
                agent=place.wires is not None,
                network=self._mains.network(name),
                people=place.people,
                stations=place.stations,
                events=world.reported[name].events,
                outages=len(world.reported[name].outages),
            )
            for name, place in world.sites.items()
        )
        doors = tuple(
            protocol.DoorStatus(
                site=name,
                door=door,
                leaf="open" if doorway.is_open else "shut",
                lock="released" if doorway.circuit.released else "locked",
                true_ins=truth.count(name, Way.IN, door),
                true_outs=truth.count(name, Way.OUT, door),
                turned_back=truth.count(name, Way.BACK, door),
                ins=world.reported[name].ins[door],
                outs=world.reported[name].outs[door],
            )
            for name, place in world.sites.items()
            for door, doorway in place.doorways.items()
        )
        return protocol.WorldAnswer(
            code=0, text="", at=world.now.isoformat(timespec="seconds"), sites=sites, doors=doors
        )


def _told(outcome: ActResult) -> protocol.WorldAnswer:
    return protocol.WorldAnswer(code=0 if outcome.done else 1, text=outcome.text, latency_ms=outcome.latency_ms)
