"""Anybody on the local broker may send anything under any topic: it is read within bounds, set aside, or nobody's."""

import json
from collections.abc import Callable
from math import isfinite
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.report import NAME_LIMIT
from edge.wire.readings import believable
from tests.fuzz.effort import effort
from tests.fuzz.mutations import bent, extreme
from tests.mqtt_devices import ZONE, Row, rows

ROWS = rows()
WORDS = sorted(
    {word for row in ROWS for word in json.loads(row.payload)} | {"params", "method", "last_seen", "TempUnit"}
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["ON", "Gate broken"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=9), inner),
    max_leaves=12,
)
topics = st.one_of(
    st.sampled_from([row.topic for row in ROWS]),
    st.sampled_from(["x/online", "x/status", "x/events/rpc", "x/sensor/co2/state", "homeassistant/sensor/x/config"]),
    st.text(max_size=60),
    st.lists(st.sampled_from(["tele", "stat", "zigbee2mqtt", "status", "sensor", "state", "", "a"])).map("/".join),
)


def holds(topic: str, payload: bytes) -> None:
    for report in Decoder(ZONE).decode(topic, payload) or ():
        assert len(report.device) <= NAME_LIMIT
        assert len(report.part) <= NAME_LIMIT
        for reading in report.readings:
            assert isfinite(reading.value)
            assert believable(reading.kind, reading.value)


@pytest.mark.cases_full
@effort(300)
@given(topics, st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=9), values))
def test_any_object_is_read_or_set_aside(topic: str, said: dict[str, object]) -> None:
    holds(topic, json.dumps(said).encode())


@pytest.mark.cases_full
@effort(300)
@given(topics, st.binary(max_size=300))
def test_any_bytes_are_read_or_set_aside(topic: str, payload: bytes) -> None:
    holds(topic, payload)


@effort(300)
@given(st.sampled_from(ROWS), st.randoms(use_true_random=False), st.sampled_from([bent, extreme]))
def test_a_bent_message_is_read_or_set_aside(row: Row, random: Random, way: Callable[[bytes, Random], bytes]) -> None:
    holds(row.topic, way(row.payload.encode(), random))
