"""What an import of holders answers."""

from collections import Counter

from controller.access.holders.csv_import import HolderImportResult, HolderRowResult
from controller.access.holders.schemas import SecretsAnswer, secrets_answer
from controller.web.fields import Answer


class HolderFault(Answer):
    """``column``: as the file should call it; empty where it is about the whole row."""

    column: str
    reason: str


class HolderLine(Answer):
    """``line``: where the row begins in the file, from 1. ``changes``: the columns that are different. ``drawn``: what
    was drawn for them, which is told here once: tell it to them and nobody else."""

    line: int
    id: str
    name: str
    become: HolderRowResult
    changes: list[str]
    faults: list[HolderFault]
    drawn: SecretsAnswer


class HolderImportAnswer(Answer):
    preview: bool
    added: int
    changed: int
    unchanged: int
    refused: int
    warnings: list[str]
    lines: list[HolderLine]


def import_answer(outcome: HolderImportResult, *, preview: bool) -> HolderImportAnswer:
    counts = Counter(line.become for line in outcome.lines)
    return HolderImportAnswer(
        preview=preview,
        added=counts[HolderRowResult.ADDED],
        changed=counts[HolderRowResult.CHANGED],
        unchanged=counts[HolderRowResult.UNCHANGED],
        refused=counts[HolderRowResult.REFUSED],
        warnings=list(outcome.warnings),
        lines=[
            HolderLine(
                line=line.line,
                id=line.id,
                name=line.name,
                become=line.become,
                changes=list(line.changes),
                faults=[HolderFault(column=each.column, reason=each.reason) for each in line.faults],
                drawn=secrets_answer(line.drawn),
            )
            for line in outcome.lines
        ],
    )
