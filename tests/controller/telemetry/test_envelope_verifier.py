"""Whose messages are taken follows the keys that are live."""

from controller.telemetry.envelope_verifier import EnvelopeVerifier
from edge.wire.envelope import Purpose
from edge.wire.event_batch import EventBatch
from tests.controller.telemetry.speaking import Speaker, event


def _hears(verifier: EnvelopeVerifier, speaker: Speaker) -> bool:
    sealed = speaker.batch([event(1)])
    return verifier.open(speaker.site, speaker.edge, sealed, purpose=Purpose.EVENTS, kind=EventBatch) is not None


def test_keys_that_are_read_of_one_site_leave_those_of_others() -> None:
    verifier, ramsey, selby = EnvelopeVerifier(), Speaker("ramsey"), Speaker("selby")
    names = [(each.site, each.edge) for each in (ramsey, selby)]
    assert verifier.load(zip(names, [ramsey.public_key, selby.public_key], strict=True)) == set(names)
    assert verifier.load([], sites={"ramsey"}) == set()
    assert verifier.edges == {names[1]}
    assert [_hears(verifier, each) for each in (ramsey, selby)] == [False, True]
    another = Speaker("ramsey")
    assert verifier.load([(names[0], another.public_key)], sites={"ramsey"}) == {names[0]}
    assert [_hears(verifier, each) for each in (ramsey, another, selby)] == [False, True, True]
    assert verifier.load([(names[0], another.public_key)], sites={"ramsey"}) == set()
    verifier.load([(names[1], selby.public_key)])
    assert [_hears(verifier, each) for each in (another, selby)] == [False, True]
