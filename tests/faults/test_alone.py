"""A door that hears nothing for longer than its plan reaches."""

import pytest

from tests.edge.test_time import alone


@pytest.mark.faults_full
def test_36_days_alone_with_the_worst_crystal() -> None:
    alone(36)
