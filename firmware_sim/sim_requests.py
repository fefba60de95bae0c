"""The requests of ``hallkeeper sim``, each carried out in the world: type, scan, walk, push doors, break beams, switch
power, network, broker and fire, break the disk or the clock of a Pi, and ask for the status.
"""

from typing import Any, Protocol

from firmware_sim import world_protocol as protocol
from firmware_sim.beam_crossing import INNER, OUTER
from firmware_sim.errors import NoSuchThing, ProcessFailed
from firmware_sim.ground_truth import Way
from firmware_sim.pi_faults import DiskState, Hardware
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

    async def set_broker(self, on: bool) -> None: ...

    @property
    def broker_on(self) -> bool: ...


class PluggedPis(Protocol):
    """The Pis at their sockets in the world."""

    async def plugged(self, site: str) -> None: ...

    def set_hardware(self, site: str, **changes: Any) -> None: ...

    def hardware_of(self, site: str) -> Hardware: ...


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
            if isinstance(question, protocol.SwitchAsk):
                return await self._switch(question)
            if isinstance(question, protocol.BrokerAsk):
                await self._mains.set_broker(question.on)
                return protocol.WorldAnswer(code=0, text=f"The broker {'runs again' if question.on else 'is stopped'}")
            if isinstance(question, protocol.DiskAsk):
                self._pis.set_hardware(question.site, disk=question.state)
                return self._done(question.site, _DISKS[question.state], "The Pi of ")
            if isinstance(question, protocol.ClockAsk):
                self._pis.set_hardware(question.site, clock_off_s=question.off_s)
                return self._done(question.site, f"is {question.off_s:g} s ahead", "The clock of the Pi of ")
            if (outcome := await self._at_door(question)) is not None:
                return _told(outcome)
        except NoSuchThing as error:
            return protocol.WorldAnswer(code=2, text=str(error))
        except (ValueError, ProcessFailed) as error:
            return protocol.WorldAnswer(code=1, text=str(error))
        return self.status()

    async def _at_door(self, question: protocol.ToWorld) -> ActResult | None:
        runner = self._runner
        match question:
            case protocol.KeyAsk(site=site, door=door, keys=keys):
                return await runner.key(site, door, keys)
            case protocol.PressAsk(site=site, door=door, keys=keys):
                return runner.press(site, door, keys)
            case protocol.CardAsk(site=site, door=door, card=card, pin=pin):
                return await runner.card(site, door, card, pin)
            case protocol.ScanAsk(site=site, door=door, text=text, pin=pin):
                return await runner.scan(site, door, text, pin)
            case protocol.WalkAsk(site=site, door=door, way=way):
                return await (runner.walk_in if way == "in" else runner.walk_out)(site, door)
            case protocol.ExitAsk(site=site, door=door):
                return await runner.press_exit(site, door)
            case protocol.LeafAsk(site=site, door=door, act=act):
                return await runner.leaf(site, door, act)
            case protocol.BeamAsk(site=site, door=door, beam=beam, act=act):
                return runner.beam(site, door, beam, act)
            case protocol.GlassAsk(site=site, door=door, broken=broken):
                return runner.set_glass(site, door, broken)
        return None

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

    def stored(self, site: str) -> int:
        """The seq up to which the controller has stored the events of a site's edge."""
        return self._world.reported[site].stored

    def status(self, site: str | None = None) -> protocol.WorldAnswer:
        """Ask for the true values and those that the edges recorded, of all sites or one."""
        self._runner.catch_up()
        world = self._world
        places = {name: place for name, place in world.sites.items() if site in (None, name)}
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
                zones=world.inside(name),
                clock_off_s=self._pis.hardware_of(name).clock_off_s,
                disk=self._pis.hardware_of(name).disk,
            )
            for name, place in places.items()
        )
        doors = tuple(self._door(name, door) for name, place in places.items() for door in place.doorways)
        return protocol.WorldAnswer(
            code=0,
            text="",
            at=world.now.isoformat(timespec="seconds"),
            broker=self._mains.broker_on,
            sites=sites,
            doors=doors,
        )

    def _door(self, site: str, door: str) -> protocol.DoorStatus:
        truth, reported = self._world.truth, self._world.reported[site]
        doorway = self._world.site(site).doorway(door)
        waits = reported.codes_wait.get(door)
        return protocol.DoorStatus(
            site=site,
            door=door,
            leaf="open" if doorway.is_open else "shut",
            lock="released" if doorway.circuit.released else "locked",
            wedged=doorway.wedged,
            exit_pressed=doorway.circuit.exit_pressed,
            glass_broken=doorway.circuit.break_glass,
            beams=tuple(beam for beam in (OUTER, INNER) if doorway.broken(beam)),
            blocked=tuple(sorted(doorway.blocked)),
            trouble=reported.trouble.get(door, ""),
            codes_wait=waits.isoformat() if waits is not None and waits > self._world.now else "",
            true_ins=truth.count(site, Way.IN, door),
            true_outs=truth.count(site, Way.OUT, door),
            turned_back=truth.count(site, Way.BACK, door),
            ins=reported.ins[door],
            outs=reported.outs[door],
            passages=reported.passages[door],
        )


def _told(outcome: ActResult) -> protocol.WorldAnswer:
    return protocol.WorldAnswer(code=0 if outcome.done else 1, text=outcome.text, latency_ms=outcome.latency_ms)
