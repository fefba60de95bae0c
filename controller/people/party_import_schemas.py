"""What an import of parties answers."""

from collections import Counter

from controller.people.party_csv_rows import PartyRowResult
from controller.people.party_import import PartyImportResult
from controller.web.fields import Answer


class PartyRowFault(Answer):
    """``column``: as the file should call it; empty where it is about the whole row."""

    column: str
    reason: str


class ImportedLine(Answer):
    """``line``: where the row begins in the file, from 1. ``changes``: the columns that are different."""

    line: int
    id: str
    become: PartyRowResult
    changes: list[str]
    faults: list[PartyRowFault]


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


def import_answer(outcome: PartyImportResult, *, preview: bool) -> PartyImportAnswer:
    counts = Counter(line.become for line in outcome.lines)
    return PartyImportAnswer(
        preview=preview,
        written=outcome.written,
        added=counts[PartyRowResult.ADDED],
        changed=counts[PartyRowResult.CHANGED],
        unchanged=counts[PartyRowResult.UNCHANGED],
        refused=counts[PartyRowResult.REFUSED],
        warnings=list(outcome.warnings),
        lines=[
            ImportedLine(
                line=line.line,
                id=line.id,
                become=line.become,
                changes=list(line.changes),
                faults=[PartyRowFault(column=each.column, reason=each.reason) for each in line.faults],
            )
            for line in outcome.lines
        ],
    )
