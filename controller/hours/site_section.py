"""Hours in a site's file: the opening hours, terms, when spaces can be booked, and the closures that are not over."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec.structs import replace

from controller.db.engine import Tx
from controller.estate.model import SiteParts, atoms_of
from controller.estate.site_file.sections import (
    AffectedBooking,
    FileFault,
    Plain,
    SectionPreview,
    SectionValue,
    overlaid,
    read,
    within,
    written,
)
from controller.hours import repository
from controller.hours.answers import closure_answer, hours_answer, space_hours_answer, terms_answer
from controller.hours.impact import Diary, broken
from controller.hours.model import BookableWindow, Closure, OpeningHours, SpaceHours, Term
from controller.hours.schemas import ClosureBody, HoursBody, SpaceHoursBody, TermBody, TermsBody
from controller.hours.timetable import Timetable
from controller.platform.web.problem import Invalid
from edge.wire.ids import new_id

_TABLES = ("terms", "spaces", "closures")


class HoursSection:
    """The section "hours"."""

    name = "hours"

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        return _plain(await repository.hours_book(tx, parts.site), now)

    def merged(self, current: Plain, given: Plain) -> Plain:
        found = overlaid(current, given, "terms", "spaces")
        if isinstance(new := given.get("closures"), list):
            found["closures"] = [*current.get("closures", ()), *new]
        return found

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> SectionValue:
        problems: list[FileFault] = []
        hours, faults = read(HoursBody, {name: each for name, each in table.items() if name not in _TABLES})
        problems += faults
        if hours is not None:
            here = {door.id for door in parts.doors}
            problems += [
                FileFault(place="free_doors", text=f"site {parts.site.id!r} has no door {door!r}; make it first")
                for door in hours.free_doors
                if door not in here
            ]
        terms = _terms(table.get("terms", {}), problems)
        windows = _windows(table.get("spaces", {}), parts, problems)
        timetable = hours.timetable() if hours is not None else OpeningHours()
        book = Timetable(site=parts.site, timetable=timetable, spaces=_spaces(parts, windows))
        closures = _closures(table.get("closures", []), book, parts, now, problems)
        if problems:
            return SectionValue(problems=tuple(problems))
        return SectionValue(value=_plain(replace(book, terms=terms, closures=closures), now))

    async def preview_change(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> SectionPreview:
        old = await repository.hours_book(tx, parts.site)
        new = await self._book(tx, parts, value, old, now)
        found = broken(old, new, await self._diary.ahead(tx, parts.site.id, now))
        return SectionPreview(
            affected=tuple(
                AffectedBooking(
                    place="",
                    text=f"“{each.booking.title}”: {each.losses[0].text}. Move or cancel it first, or bring the file "
                    "in anyway.",
                    conflicts=(each.booking.conflict(parts.site.tz),),
                )
                for each in found
            )
        )

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        site = parts.site.id
        old = await repository.hours_book(tx, parts.site)
        new = await self._book(tx, parts, value, old, now, actor=actor)
        ahead = await self._diary.ahead(tx, site, now)
        lost = broken(old, new, ahead)
        await repository.put_timetable(tx, site, new.timetable)
        if old.terms != new.terms:
            await repository.put_terms(tx, site, new.terms)
        for space, hours in new.spaces.items():
            if space not in old.spaces or old.spaces[space].windows != hours.windows:
                await repository.put_space_hours(tx, site, space, hours.windows)
        new_ids = {each.id for each in new.closures}
        for each in old.closures:
            if each.id not in new_ids:
                await repository.delete_closure(tx, site, each.id)
        known = {each.id for each in old.closures}
        for each in new.closures:
            if each.id not in known:
                await repository.add_closure(tx, site, each)
        await self._diary.mark(tx, old, new, ahead, lost, at=now, actor=actor)

    async def _book(
        self, tx: Tx, parts: SiteParts, value: Plain, old: Timetable, now: datetime, *, actor: str = ""
    ) -> Timetable:
        """All hours as a table has it, over what is over; a closure that is there already stays the one it is."""
        hours = HoursBody.model_validate({name: each for name, each in value.items() if name not in _TABLES})
        windows = _windows(value.get("spaces", {}), parts, [])
        book = Timetable(site=parts.site, timetable=hours.timetable(), spaces=_spaces(parts, windows))
        given = _closures(value.get("closures", []), book, parts, now, [])
        known = {_alike(each): each for each in old.closures}
        over = [each for each in old.closures if each.during.end <= now]
        ahead = [known.get(_alike(each)) or replace(each, id=new_id(now), made_by=actor) for each in given]
        return replace(book, terms=_terms(value.get("terms", {}), []), closures=(*over, *ahead))


def _plain(book: Timetable, now: datetime) -> Plain:
    found = written(HoursBody.model_validate(hours_answer(book.timetable).model_dump(exclude={"version"})))
    terms = [TermBody.model_validate(each.model_dump()) for each in terms_answer(book.terms).terms]
    found["terms"] = {
        each.id: {name: value for name, value in written(each).items() if name != "id"}
        for each in sorted(terms, key=lambda term: term.id)
    }
    found["spaces"] = {
        space: written(SpaceHoursBody.model_validate(space_hours_answer(hours.windows).model_dump(exclude={"version"})))
        for space, hours in sorted(book.spaces.items())
        if hours.windows is not None
    }
    ahead = {_alike(each): each for each in book.closures if each.during.end > now}
    found["closures"] = [_closure(ahead[each], book) for each in sorted(ahead)]
    return found


def _closure(closure: Closure, book: Timetable) -> Plain:
    answer = closure_answer(closure, book.site.tz)
    days = (date.fromisoformat(answer.first), date.fromisoformat(answer.last)) if answer.first and answer.last else None
    when: Plain = {"first": days[0], "last": days[1]} if days else {"starts": answer.starts, "ends": answer.ends}
    words = {"public_words": closure.public_words} if closure.public_words else {}
    return {"reason": closure.reason, **words, **({"spaces": list(closure.spaces)} if closure.spaces else {}), **when}


def _alike(closure: Closure) -> tuple[object, ...]:
    """What makes two closures one."""
    return closure.during, closure.reason, closure.public_words, closure.spaces, closure.whole_days


def _terms(value: object, problems: list[FileFault]) -> tuple[Term, ...]:
    if not isinstance(value, dict):
        problems.append(FileFault(place="terms", text="must be tables by id, such as [hours.terms.autumn-2026]"))
        return ()
    before = len(problems)
    given: list[Plain] = []
    for name, table in value.items():
        if not isinstance(table, dict):
            problems.append(FileFault(place=f"terms.{name[:60]}", text="must be a table"))
            continue
        _, faults = read(TermBody, {**table, "id": name})
        problems += within(f"terms.{name[:60]}", faults)
        given.append({**table, "id": name})
    if len(problems) > before:
        return ()
    body, faults = read(TermsBody, {"terms": given})
    problems += [FileFault(place="terms", text=each.text) for each in faults]
    return () if body is None else body.given()


def _windows(
    value: object, parts: SiteParts, problems: list[FileFault]
) -> dict[str, tuple[BookableWindow, ...] | None]:
    found: dict[str, tuple[BookableWindow, ...] | None] = {}
    if not isinstance(value, dict):
        problems.append(FileFault(place="spaces", text="must be tables by space, such as [hours.spaces.hall]"))
        return found
    for name, table in value.items():
        body, faults = read(SpaceHoursBody, table)
        problems += within(f"spaces.{name[:60]}", faults)
        if parts.space(name) is None:
            text = f"site {parts.site.id!r} has no space {name[:60]!r}; make it first"
            problems.append(FileFault(place=f"spaces.{name[:60]}", text=text))
        elif body is not None:
            found[name] = body.sorted_windows()
    return found


def _closures(
    value: object, book: Timetable, parts: SiteParts, now: datetime, problems: list[FileFault]
) -> tuple[Closure, ...]:
    """The closures of a list that are not over, each once."""
    if not isinstance(value, list):
        problems.append(FileFault(place="closures", text="must be a list of tables, each [[hours.closures]]"))
        return ()
    found: dict[tuple[object, ...], Closure] = {}
    for number, table in enumerate(value):
        given = {name: _as_text(each) for name, each in table.items()} if isinstance(table, dict) else table
        body, faults = read(ClosureBody, given)
        problems += within(f"closures.{number}", faults)
        if body is None:
            continue
        long_ago = datetime.min.replace(tzinfo=now.tzinfo)
        try:
            made = body.closure("", made_at=long_ago, made_by="").applied(book, parts).closures[-1]
        except Invalid as error:
            problems += [FileFault(place=f"closures.{number}.{each.field}", text=each.message) for each in error.errors]
            continue
        if made.during.end > now:
            made = replace(made, made_at=now)
            found[_alike(made)] = made
    return tuple(found.values())


def _as_text(value: object) -> object:
    """A moment of a file as the API takes it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _spaces(parts: SiteParts, windows: Mapping[str, tuple[BookableWindow, ...] | None]) -> dict[str, SpaceHours]:
    atoms = atoms_of({space.id: space.parts for space in parts.spaces})
    return {
        space.id: SpaceHours(name=space.name, atoms=frozenset(atoms[space.id]), windows=windows.get(space.id))
        for space in parts.spaces
    }
