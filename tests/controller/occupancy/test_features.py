"""Features of a sensor's past."""

import numpy as np
import pytest

from controller.occupancy.features import running_quantile


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.98, 1.0])
def test_a_running_quantile_is_that_of_the_known_values_of_its_span(share: float) -> None:
    rng = np.random.default_rng(3)
    seconds = np.arange(0.0, 60_000.0, 300.0)
    values = np.where(rng.random(200) < 0.2, np.nan, rng.normal(600, 90, 200))
    found = running_quantile(seconds, values, 7200.0, share, 300.0)
    for row in range(30, 200):
        past = values[max(row - 23, 0) : row + 1]
        assert found[row] == pytest.approx(np.nanquantile(past, share), rel=1e-12)
