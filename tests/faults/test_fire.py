"""A fire on real processes: the Pi is killed in the middle of it, and its latch is there again when it comes back."""

from firmware_sim.rig import Rig
from tests.faults.ledger import SITE, Ledger


async def _until_shown(rig: Rig, state: str) -> None:
    async def there() -> bool:
        return [fire["state"] for fire in (await rig.api.get(f"/sites/{SITE}/now"))["fires"]] == [state]

    await rig.until(there, f"the live page shows that the fire is {state}")


async def test_a_fire_in_which_the_pi_is_killed_empties_the_building_and_is_latched_when_it_comes_back(
    rig: Rig, ledger: Ledger
) -> None:
    ledger.send(12)
    await ledger.crossings_recorded(12)
    assert rig.stage.set_fire(SITE, True).done
    await _until_shown(rig, "active")
    await rig.pis[SITE].kill()
    rig.stage.set_fire(SITE, False)
    await ledger.everybody_gone()
    assert rig.world.truth.locked_in == []
    await rig.pis[SITE].start()
    await rig.online(SITE)
    await _until_shown(rig, "latched")
