"""Names: what a UUID of version 7 is made of."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.wire.ids import new_id, uuid7


def test_the_example_of_rfc_9562() -> None:
    """Appendix A.6. All bits of version and variant are set before."""
    at = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(-timedelta(hours=5)))
    assert uuid7(at, bytes.fromhex("fcc3d8c4dc0c0c07398f")) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(
    at=st.datetimes(datetime(1970, 1, 1), datetime(2600, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # made UTC
    random=st.binary(min_size=10, max_size=10),
)
@example(at=datetime(2243, 1, 1, microsecond=10_999, tzinfo=UTC), random=bytes(10))
def test_every_bit_is_at_its_place_in_the_rfc(at: datetime, random: bytes) -> None:
    made = uuid.UUID(uuid7(at, random)).int
    since_1970 = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    given_bits = int.from_bytes(random)
    assert made >> 80 == since_1970
    assert made >> 76 & 0xF == 7
    assert made >> 64 & 0xFFF == given_bits >> 64 & 0xFFF
    assert made >> 62 & 0b11 == 0b10
    assert made & (1 << 62) - 1 == given_bits & (1 << 62) - 1


@pytest.mark.parametrize("number", [0, 9, 11])
def test_ten_random_bytes_are_needed(number: int) -> None:
    with pytest.raises(ValueError, match=f"^10 random bytes are needed, not {number}$"):
        uuid7(datetime(2026, 11, 26, tzinfo=UTC), bytes(number))


def test_each_new_id_is_another_and_tells_its_time() -> None:
    at = datetime(2026, 11, 26, 18, tzinfo=UTC)
    made = {uuid.UUID(new_id(at)) for _ in range(100)}
    assert len(made) == 100
    assert {each.int >> 80 for each in made} == {int(at.timestamp() * 1000)}
