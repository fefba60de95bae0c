"""SQL functions that each database writes in its own way."""

from typing import Any

import msgspec
from sqlalchemy import BigInteger, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class micros(GenericFunction[int]):  # noqa: N801
    """``micros(column)``: an ``Instant`` as microseconds since 1970. Of thousands of rows that is faster to read."""

    type = BigInteger()
    inherit_cache = True


@compiles(micros, "sqlite")
def _micros_stored(element: micros, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(element.clauses, **kwargs)


@compiles(micros, "postgresql")
def _micros_of_timestamp(element: micros, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"CAST(EXTRACT(epoch FROM {compiler.process(element.clauses, **kwargs)}) * 1000000 AS BIGINT)"


class listed(GenericFunction[str]):  # noqa: N801
    """``listed(column)``: the values of all rows as one text, with commas between; several lists of one statement have
    them in one order. Of thousands of rows that is faster to read than the rows."""

    type = String()
    inherit_cache = True


@compiles(listed, "sqlite")
def _group_concat(element: listed, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **kwargs)})"


@compiles(listed, "postgresql")
def _string_agg(element: listed, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **kwargs)} AS TEXT), ',')"


_NUMBERS = msgspec.json.Decoder(list[int])


def numbers_of(text: str) -> list[int]:
    """Whole numbers as ``listed`` gives them."""
    return _NUMBERS.decode(f"[{text}]")
