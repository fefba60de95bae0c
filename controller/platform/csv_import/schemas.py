"""CSV over HTTP: request bodies, import results, and exports as downloads."""

from collections import Counter
from typing import Annotated, Any

from fastapi import Query, Response

from controller.platform.csv_import.rows import CsvImportResult, RowResult
from controller.platform.web.fields import Answer, answer_of, large_answer
from controller.platform.web.problem import Conflict

Preview = Annotated[bool, Query(description="Say what would become of the file; write nothing")]


class ImportedRowFault(Answer):
    """``column``: its name in the file; empty if the fault is about the whole row."""

    column: str
    why: str


class ImportedRowAnswer(Answer):
    """``line``: where the row begins in the file, from 1. ``id``: of the party, holder or booking; empty while there
    is none. ``changes``: the columns that are different. ``conflicts``: the conflicting bookings; one without id is
    another row of the file. ``code``: a new door code of this holder, shown only here: give it to nobody else."""

    line: int
    id: str
    name: str
    become: RowResult
    changes: list[str]
    faults: list[ImportedRowFault]
    conflicts: list[Conflict]
    code: str


class CsvImportAnswer(Answer):
    """The result of importing a CSV file: how many rows of each kind, and each row. ``written``: false if nothing
    was written, because the import was all or nothing and a row was refused; in a preview, whether it would be.
    ``past``: new bookings left out because their time is over. ``ended``: members who are missing from a list that
    was sent as the whole one."""

    preview: bool
    written: bool
    added: int
    changed: int
    cancelled: int
    unchanged: int
    past: int
    ended: int
    refused: int
    warnings: list[str]
    lines: list[ImportedRowAnswer]


CSV_IMPORT: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
    },
    "response_model": CsvImportAnswer,
}
"""What every route that imports CSV says of itself."""


async def import_response(result: CsvImportResult) -> Response:
    """The answer of an import, rows in the order of the file."""
    return await large_answer(lambda: _answer(result))


def csv_response(data: bytes, name: str) -> Response:
    """The file, for a browser to save under that name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def _answer(result: CsvImportResult) -> CsvImportAnswer:
    counts = Counter(row.become for row in result.rows)
    kinds = {kind.value: counts[kind] for kind in RowResult}
    return answer_of(CsvImportAnswer, result, None, **kinds, lines=sorted(result.rows, key=lambda row: row.line))
