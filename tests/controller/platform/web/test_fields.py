"""The fields of bodies, and of answers made of a struct: in the types of an answer, and none that are hidden."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from pydantic import TypeAdapter, ValidationError

from controller.platform.web.fields import Answer, Email, answer_of
from edge.wire.ids import Slug


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    id: Slug
    books: int = 0


class Aisle(msgspec.Struct, frozen=True, kw_only=True):
    id: Slug
    site: Slug
    made_at: datetime | None
    first: date
    doors: tuple[Slug, ...] = ()
    shelves: tuple[Shelf, ...] = ()


class ShelfAnswer(Answer, of=Shelf): ...


class AisleAnswer(Answer, of=Aisle, hidden={"site"}):
    shelves: list[ShelfAnswer]
    version: int


def test_the_fields_of_the_struct_are_answered_besides_the_own_ones() -> None:
    assert list(AisleAnswer.model_fields) == ["id", "made_at", "first", "doors", "shelves", "version"]
    assert all(field.is_required() for field in AisleAnswer.model_fields.values())


def test_instants_dates_and_tuples_are_answered_as_texts_and_lists() -> None:
    aisle = Aisle(
        id="a",
        site="ramsey",
        made_at=datetime(2026, 7, 1, 11, tzinfo=UTC),
        first=date(2026, 7, 2),
        doors=("front",),
        shelves=(Shelf(id="s", books=40),),
    )
    answer = answer_of(AisleAnswer, aisle, ZoneInfo("Europe/London"), version=3)
    assert answer.model_dump() == {
        "id": "a",
        "made_at": "2026-07-01T12:00:00+01:00",
        "first": "2026-07-02",
        "doors": ["front"],
        "shelves": [{"id": "s", "books": 40}],
        "version": 3,
    }


def test_a_part_must_say_by_which_answer_it_is_answered() -> None:
    with pytest.raises(TypeError, match="by which answer a Shelf is answered"):

        class _Incomplete(Answer, of=Aisle): ...


EMAIL = TypeAdapter(Email)


@pytest.mark.parametrize("address", ["", "ana@example.org", "a.n.a+hall@x.example.org", "ana@bücher.example"])
def test_a_mail_address_is_taken(address: str) -> None:
    assert EMAIL.validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("a..b@x.org", ".a@x.org", "a.@x.org", "a@x..org", "a@.x.org", "a@x.org.", "a@", "@x.org", "a"),
        *("a@x.org, b@x.org", "Ana <a@x.org>", "a@x@y.org", "a b@x.org", '"a"@x.org'),
    ],
)
def test_what_is_no_single_mail_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="must be an e-mail address like"):
        EMAIL.validate_python(address)
