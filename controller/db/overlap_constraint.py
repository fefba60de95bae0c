"""A rule of the database: no two rows of a table hold the same thing at one time.

An exclusion constraint on PostgreSQL, triggers on SQLite. Both are made with the table. What is refused names the rule:
``controller.db.errors.violates``.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import DDL, CheckConstraint, Table, event
from sqlalchemy.schema import ExecutableDDLElement

_MICROSECOND = timedelta(microseconds=1)


def forbid_overlap(
    table: Table, *, same: Sequence[str], owner: str, owner_may_overlap: bool = False, longest: timedelta | None = None
) -> None:
    """Forbid rows of the same values in ``same`` whose times, ``starts`` to ``ends``, overlap; as ``TABLE_no_overlap``.

    ``owner``: the column of whom a row belongs to. ``owner_may_overlap``: rows of one owner may overlap; otherwise the
    primary key keeps an owner from having two. ``longest``: a check; SQLite then looks no further back than that.
    """
    name = f"{table.name}_no_overlap"
    further_back = ""
    if longest is not None:
        us, hours = longest // _MICROSECOND, longest // timedelta(hours=1)
        further_back = f" AND starts > NEW.starts - {us}"
        for dialect, most in (("sqlite", str(us)), ("postgresql", f"interval '{hours} hours'")):
            check = CheckConstraint(f"ends <= starts + {most}", name="length").ddl_if(dialect=dialect)
            table.append_constraint(check)
    both = [f"{column} WITH =" for column in same] + ([f"{owner} WITH <>"] if owner_may_overlap else [])
    exclusion = (
        f"ALTER TABLE {table.name} ADD CONSTRAINT {name}"
        f" EXCLUDE USING gist ({', '.join(both)}, tstzrange(starts, ends) WITH &&)"
    )
    extension = _ddl("CREATE EXTENSION IF NOT EXISTS btree_gist", "postgresql")
    event.listen(table, "before_create", extension)
    event.listen(table, "after_create", _ddl(exclusion, "postgresql"))
    matching = " AND ".join(f"{column} = NEW.{column}" for column in same)
    for moment in ("INSERT", "UPDATE"):
        trigger = (
            f"CREATE TRIGGER {name}_{moment.lower()} BEFORE {moment} ON {table.name} WHEN EXISTS"  # noqa: S608  # all from here
            f" (SELECT 1 FROM {table.name} WHERE {matching}{further_back} AND {owner} <> NEW.{owner}"
            " AND starts < NEW.ends AND ends > NEW.starts)"
            f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        event.listen(table, "after_create", _ddl(trigger, "sqlite"))


def _ddl(statement: str, dialect: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
