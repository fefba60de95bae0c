"""A fire on real processes: the Pi is killed in the middle of it, and its latch is there again when it comes back."""

from firmware_sim.hub_processes import SimHub
from tests.faults.ledger import SITE, Ledger


async def _until_shown(hub: SimHub, state: str) -> None:
    async def there() -> bool:
        return [fire["state"] for fire in (await hub.api.get(f"/sites/{SITE}/now"))["fires"]] == [state]

    await hub.until(there, f"the live page shows that the fire is {state}")


async def test_a_fire_in_which_the_pi_is_killed_empties_the_building_and_is_latched_after_the_restart(
    hub: SimHub, ledger: Ledger
) -> None:
    ledger.send(12)
    await ledger.crossings_recorded(12)
    assert hub.runner.set_fire(SITE, True).done
    await _until_shown(hub, "active")
    await hub.pis[SITE].kill()
    hub.runner.set_fire(SITE, False)
    await ledger.everybody_gone()
    assert hub.world.truth.locked_in == []
    await hub.pis[SITE].start()
    await hub.online(SITE)
    await _until_shown(hub, "latched")
