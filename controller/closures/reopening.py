"""Opens again what a batch closed, unless somebody has changed it since."""

from collections.abc import Sequence

import msgspec

from controller.closures.errors import ClosureChanged
from controller.closures.model import Batch
from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.hours.change_preview import NoClosure, ReplacedClosure
from controller.hours.model import Closure
from controller.hours.timetable import Timetable


class UndoneClosure(msgspec.Struct, frozen=True, kw_only=True):
    """Takes ``written`` away, or puts the closure ``before`` in its place. An hours proposal."""

    written: Closure
    before: Closure | None

    @property
    def proposal(self) -> NoClosure | ReplacedClosure:
        return NoClosure(closure=self.written.id) if self.before is None else ReplacedClosure(closure=self.before)

    @property
    def act(self) -> str:
        return self.proposal.act

    @property
    def thing(self) -> str:
        return self.proposal.thing

    def replaced(self, book: Timetable) -> None:
        return None

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """Raises ``ClosureChanged``, and ``ClosureUnknown`` where it was removed."""
        found = next((each for each in book.closures if each.id == self.written.id), self.written)
        if found not in (self.written, self.before):  # the one before: a former try stopped right after it
            raise ClosureChanged("the closure has been changed since, so it stays; change or remove it yourself")
        return self.proposal.applied(book, parts)

    async def write(self, tx: Tx, book: Timetable) -> None:
        await self.proposal.write(tx, book)


def require_latest(batch: Batch, others: Sequence[Batch]) -> None:
    """Raises ``ClosureChanged`` where one of ``others`` is a later change of the same closure or door."""
    mine = batch.written if batch.override is None else standing(batch.override, others)
    if any(each.replaced == mine and each.reopened_at is None for each in others if each.id != batch.id):
        raise ClosureChanged("the closure has been changed since with other decisions; undo that change first")


def standing(override: str, others: Sequence[Batch]) -> str:
    """The door's override that took the place of this one when changes of it were undone."""
    again = {each.replaced: each.shut_again for each in others if each.reopened_at and isinstance(each.replaced, str)}
    while (found := again.get(override)) is not None:
        override = found
    return override
