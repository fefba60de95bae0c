"""Tariffs in a site's file. Their versions are the controller's own and not in it."""

from datetime import datetime

from controller.billing import repository
from controller.billing.answers import tariffs_answer
from controller.billing.model import StoredTariffs, Tariffs
from controller.billing.routes import TariffsBody
from controller.billing.validation import faults, parties_named
from controller.bookings.diary.site_config import sketch
from controller.db.engine import Tx
from controller.estate.model import Site, SiteParts
from controller.estate.site_file.sections import FileFault, Plain, SectionPreview, SectionValue, overlaid, read, written
from controller.people.party_repository import parties


class TariffsSection:
    """The section "tariffs"."""

    name = "tariffs"

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        return _plain(await repository.current(tx, parts.site.id), parts.site)

    def merged(self, current: Plain, given: Plain) -> Plain:
        return overlaid(current, given)

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> SectionValue:
        body, problems = read(TariffsBody, table)
        if body is None:
            return SectionValue(problems=tuple(problems))
        value = body.tariffs()
        wrong = faults(value, sketch(parts), await parties(tx, parties_named(value)))
        return SectionValue(
            value=_plain(_set(value, now), parts.site),
            problems=tuple(FileFault(place=each.field, text=each.message) for each in wrong),
        )

    async def preview_change(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> SectionPreview:
        return SectionPreview()

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        old = await repository.current(tx, parts.site.id)
        new = _set(TariffsBody.model_validate(value).tariffs(), now, actor=actor, version=old.version if old else 0)
        await repository.put(tx, parts.site.id, new)


def _set(tariffs: Tariffs, now: datetime, *, actor: str = "", version: int = 0) -> StoredTariffs:
    return StoredTariffs(version=version + 1, tariffs=tariffs, changed_at=now, changed_by=actor)


def _plain(found: StoredTariffs | None, site: Site) -> Plain:
    answer = tariffs_answer(found, site).model_dump(include=set(TariffsBody.model_fields))
    return written(TariffsBody.model_validate(answer))
