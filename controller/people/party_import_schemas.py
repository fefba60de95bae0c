"""What an import of parties answers."""

from collections import Counter

from controller.people.party_csv_rows import Become
from controller.people.party_import import Outcome
from controller.web.fields import Answer


class RowFault(Answer):
    """``column``: as the file should call it; empty where it is about the whole row."""

    column: str
    reason: str


class ImportedLine(Answer):
    """``line``: where the row begins in the file, from 1. ``changes``: the columns that are different."""

    line: int
    id: str
    become: Become
    changes: list[str]
    faults: list[RowFault]


class PartyImportAnswer(Answer):
    """``written``: false where nothing was, because the file was to be taken whole or not at all and a row was refused;
    in a preview, whether it would be."""

    preview: bool
    written: bool
    added: int
    changed: int
    unchanged: int
    refused: int
    warnings: list[str]
    lines: list[ImportedLine]


def import_answer(outcome: Outcome, *, preview: bool) -> PartyImportAnswer:
    counts = Counter(line.become for line in outcome.lines)
    return PartyImportAnswer(
        preview=preview,
        written=outcome.written,
        added=counts[Become.ADDED],
        changed=counts[Become.CHANGED],
        unchanged=counts[Become.UNCHANGED],
        refused=counts[Become.REFUSED],
        warnings=list(outcome.warnings),
        lines=[
            ImportedLine(
                line=line.line,
                id=line.id,
                become=line.become,
                changes=list(line.changes),
                faults=[RowFault(column=each.column, reason=each.reason) for each in line.faults],
            )
            for line in outcome.lines
        ],
    )
