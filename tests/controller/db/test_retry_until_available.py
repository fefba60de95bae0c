"""A database that is away for a moment ends nothing."""

import pytest

from controller.db.retry_until_available import retry_until_available


async def test_work_is_done_again_until_the_database_answers() -> None:
    tries: list[int] = []

    async def work() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionRefusedError("nobody listens")
        return "done"

    assert await retry_until_available(work, what="a test", retry_s=0) == "done"
    assert len(tries) == 3


async def test_any_other_error_is_not_waited_for() -> None:
    async def work() -> None:
        raise KeyError("a mistake of ours")

    with pytest.raises(KeyError):
        await retry_until_available(work, what="a test", retry_s=0)
