"""What a code looks like."""

from itertools import pairwise

import pytest

from controller.access.codes import choose, spoken, trivial
from edge.wire.credentials import is_code


@pytest.mark.parametrize("code", ["111111", "123456", "654321", "890123", "210987", "000000"])
def test_what_a_passer_by_would_try_is_trivial(code: str) -> None:
    assert trivial(code)


@pytest.mark.parametrize("code", ["112233", "482913", "123457", "135791"])
def test_what_he_would_not_is_not(code: str) -> None:
    assert not trivial(code)


def test_a_chosen_code_is_six_digits_not_trivial_and_never_begins_with_9() -> None:
    codes = [choose() for _ in range(5000)]
    assert all(is_code(code) for code in codes)
    assert not any(trivial(code) for code in codes)
    assert {code[0] for code in codes} == set("012345678")
    assert any(left != right for left, right in pairwise(codes))


def test_a_code_is_read_out_in_two_groups() -> None:
    assert spoken("482913") == "482 913"
