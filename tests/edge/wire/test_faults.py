"""Every fault and every alert has a code, words and a hint, and a code of a newer edge is shown as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.alerts.catalogue import CATALOGUE as ALERTS
from controller.telemetry.alert_codes import AlertCode
from edge.wire.codec import encode
from edge.wire.events import FaultData, make_event, read_event
from edge.wire.faults import CATALOGUE, Fault, FaultCode, advise, describe, hint, read, written
from tests.edge.wire.samples import EVENTS


@pytest.mark.parametrize("code", FaultCode)
def test_a_fault_has_words_and_a_hint(code: FaultCode) -> None:
    assert CATALOGUE[code].text
    assert CATALOGUE[code].hint
    assert "{" not in describe(code, "contact")
    assert advise("front-door", code, "contact") == f"front-door: {describe(code, 'contact')} ({hint(code, 'contact')})"


def test_every_alert_has_a_hint_except_a_fault_which_names_its_own() -> None:
    assert set(ALERTS) == set(AlertCode)
    assert [code for code, kind in ALERTS.items() if not kind.hint] == [AlertCode.FAULT]


def test_the_hint_depends_on_the_part() -> None:
    assert describe("input_chatters", "fire_line") == "the line chatters"
    assert "counts as fire" in hint("input_chatters", "fire_line")
    assert "counts as fire" not in hint("input_chatters", "contact")


def test_an_unknown_code_of_a_newer_edge_is_shown_unchanged() -> None:
    assert (describe("flux", "capacitor"), hint("flux")) == ("fault flux capacitor", "")
    assert advise("roof", "flux") == "roof: fault flux"
    event = make_event(
        seq=1,
        boot=EVENTS[0].boot,
        mono_ms=1,
        at=EVENTS[0].at,
        trust=EVENTS[0].trust,
        device="roof",
        data=FaultData(code="flux", part="capacitor", present=True),
    )
    assert read_event(encode(event)).read() == FaultData(code="flux", part="capacitor", present=True)


@given(
    st.lists(st.tuples(st.sampled_from(FaultCode), st.sampled_from(["", "contact", "D0", "hall-window"])), max_size=5)
)
def test_faults_in_a_state_read_back_as_written(faults: list[tuple[FaultCode, str]]) -> None:
    assert read(written(Fault(*each) for each in faults) or "") == [(code.value, part) for code, part in faults]
