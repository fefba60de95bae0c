"""CSV as what a request brings and what an answer takes away."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Response

from controller.csv_import.spreadsheet import SheetError
from controller.web.problem import invalid_field

CSV_BODY: dict[str, object] = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
}
"""For the ``openapi_extra`` of a route that takes CSV."""


@contextmanager
def csv_refused() -> Iterator[None]:
    """Turn a file that is of no use into ``Invalid`` naming the body."""
    try:
        yield
    except SheetError as error:
        raise invalid_field("body", str(error)) from error


def csv_response(data: bytes, name: str) -> Response:
    """The file, for a browser to save under that name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)
