"""The line between an edge and its controller fails in every way that lines do."""

from tests.faults.ledger import SITE
from tests.faults.trial import Trial


async def test_a_partition(trial: Trial) -> None:
    await trial.begin()
    trial.rig.set_network(SITE, False)
    await trial.opens()
    await trial.refuses()
    trial.ledger.send(4)
    await trial.ledger.crossings_recorded(8)
    trial.rig.set_network(SITE, True)
    await trial.rig.online(SITE)
    await trial.ends_well()
