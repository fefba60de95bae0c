"""How many people are expected: near on real counts, from the past alone, whatever is unknown, closed or wrong."""

import numpy as np
import pytest

from controller.occupancy.forecast.model import Days, Floats, days_that_teach, ever_counted, expect, expected, silent
from tests import street_counts

OPEN = slice(9, 18)


def _days(count: int, closed: slice | None = None) -> Days:
    """From a Monday on."""
    shut = np.zeros((count, 24), dtype=bool)
    shut[closed or slice(0, 0)] = True
    none = np.zeros(count, dtype=bool)
    return Days(np.arange(count) % 7, none, none, shut)


def _library(days: int, people: float = 20.0, seed: int = 1) -> Floats:
    """Open from 9 to 18 but on Sundays; twice as busy on Saturdays."""
    usual = np.zeros((days, 24))
    usual[:, OPEN] = people
    usual[np.arange(days) % 7 == 5] *= 2
    usual[np.arange(days) % 7 == 6] = 0
    return np.random.default_rng(seed).poisson(usual).astype(float)


def test_a_street_is_forecast_nearer_than_by_its_last_week_and_its_last_four_weeks() -> None:
    near, far = street_counts.walk([street_counts.table()], 70, 168, step=7)
    for error in (near, far):
        assert error.off < 0.9 * error.four_weeks
        assert error.off < 0.85 * error.last_week
        assert 0.8 <= error.covered <= 0.97


def test_a_small_hall_is_forecast_as_near_as_its_mean_allows() -> None:
    counts = _library(84, people=4.0)
    found = expected(counts[:70], _days(84), 70)
    least = np.abs(_library(5600, 4.0, seed=2).reshape(-1, 14, 24).mean(axis=0) - counts[70:]).sum()
    assert np.abs(found - counts[70:]).sum() <= 1.15 * least


def test_what_comes_later_changes_nothing_that_was_said() -> None:
    counts = street_counts.table()
    before = expect(counts[:100], street_counts.days(114), 100)
    counts[100:] *= 50
    after = expect(counts[:100], street_counts.days(114), 100)
    assert np.array_equal(before.mean, after.mean)
    assert np.array_equal(before.high, after.high)


def test_an_hour_without_a_count_is_unknown_and_not_empty() -> None:
    counts = _library(56)
    whole = expected(counts, _days(70), 56)
    counts[np.random.default_rng(3).random(counts.shape) < 0.3] = np.nan
    counts[50:] = np.nan
    with_gaps = expected(counts, _days(70), 56)
    assert with_gaps.sum() == pytest.approx(whole.sum(), rel=0.08)


def test_zeros_of_a_silent_counter_teach_nothing() -> None:
    counts = _library(56)
    whole = expected(counts, _days(70), 56)
    counts[53:] = 0
    assert silent(counts, _days(70))[53:55, OPEN].all()
    found = expect(counts, _days(70), 56)
    assert found.mean.sum() == pytest.approx(whole.sum(), rel=0.05)
    assert found.low[0, OPEN].min() > 5


def test_nights_and_sundays_without_anybody_are_no_silence() -> None:
    assert not silent(_library(56), _days(70)).any()


def test_a_counter_that_jumped_teaches_little() -> None:
    counts = _library(56)
    whole = expected(counts, _days(70), 56)
    counts[54, 12] = 15_000
    assert expected(counts, _days(70), 56).sum() == pytest.approx(whole.sum(), rel=0.25)


def test_a_closed_hour_expects_nobody_and_a_closed_week_is_not_a_trend() -> None:
    counts = _library(56)
    whole = expected(counts, _days(70), 56)
    counts[49:] = 0
    found = expect(counts, _days(70, closed=slice(49, 60)), 56)
    assert not found.mean[:4].any()
    assert not found.high[:4].any()
    assert found.mean[4:].sum() == pytest.approx(whole[4:].sum(), rel=0.1)


def test_a_bank_holiday_is_expected_as_a_sunday_until_past_ones_say_otherwise() -> None:
    counts = (
        np.random.default_rng(1).poisson(np.where(np.arange(70) % 7 == 6, 20.0, 50.0)[:, None], (70, 24)).astype(float)
    )
    days = _days(84)
    days.holidays[[14, 29, 44, 71]] = True
    counts[[14, 29, 44]] = 20.0
    assert expected(counts, days, 70)[1].mean() == pytest.approx(20, rel=0.1)
    counts[[14, 29, 44]] = 0.0
    assert expected(counts, days, 70)[1].mean() < 10


def test_school_holidays_change_what_they_changed_before() -> None:
    counts = np.full((100, 24), 50.0)
    days = _days(114)
    days.school_holidays[[*range(30, 44), *range(102, 114)]] = True
    counts[30:44] *= 1.5
    found = expected(counts, days, 100)
    assert found[:2].mean() == pytest.approx(50, rel=0.03)
    assert 60 < found[2:].mean() < 78


def test_the_interval_is_wide_where_little_is_known_and_narrow_where_much_is() -> None:
    counts = _library(84)
    little, much = (expect(counts[-days:], _days(days + 14), days) for days in (14, 84))
    widths = [(each.high - each.low)[:, OPEN].mean() for each in (little, much)]
    assert widths[0] > 1.5 * widths[1]
    assert (much.low <= much.mean).all()
    assert (much.mean <= much.high).all()


@pytest.mark.parametrize("wrong", [-1.0, np.inf])
def test_counts_that_cannot_be_are_refused(wrong: float) -> None:
    counts = _library(56)
    counts[3, 3] = wrong
    with pytest.raises(ValueError, match="0 or more"):
        expect(counts, _days(70), 56)


def test_less_than_a_week_is_too_little() -> None:
    with pytest.raises(ValueError, match="6 days have enough counts; 7 are needed"):
        expect(_library(6), _days(20), 6)


@pytest.mark.parametrize("days", [7, 8, 13, 15, 16, 500])
def test_every_hour_has_a_number_however_long_the_past(days: int) -> None:
    found = expect(_library(days), _days(days + 14), days)
    assert found.mean.shape == (14, 24)
    assert np.isfinite([found.mean, found.low, found.high]).all()


def test_a_counter_of_zeros_alone_expects_nobody() -> None:
    assert expect(np.zeros((28, 24)), _days(42), 28).mean.max() == 0


def test_days_that_were_closed_or_of_which_little_was_counted_teach_nothing() -> None:
    closed = _days(28, closed=slice(0, 14))
    with pytest.raises(ValueError, match="0 days have enough counts"):
        expect(np.zeros((14, 24)), closed, 14)
    nights = _library(14)
    nights[2:, 3:] = np.nan
    assert days_that_teach(nights, _days(28)) == 2
    nights[:, 3:] = np.nan
    assert ever_counted(nights, _days(28)).tolist() == [True] * 3 + [False] * 21
