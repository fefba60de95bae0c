"""What every import of CSV does with rows, whatever they hold."""

from controller.platform.csv_import.rows import CsvFormat, RowReader, RowResult, read_rows


def _read(reader: RowReader) -> tuple[str, bool, int | None, str | None]:
    reader.name = reader.text("name")
    reader.unique("name", reader.name.casefold(), said="name; give each its id")
    kind = reader.choice("kind", {"": "group", "club": "group", "key holder": "holder"})
    return reader.name, reader.yes("ended"), reader.read("people", int), kind


COLUMNS: dict[str, tuple[str, ...]] = {"name": (), "kind": (), "ended": (), "people": ()}
FORMAT = CsvFormat(columns=COLUMNS, needed=(frozenset({"name"}),), read=_read)


def test_valid_rows_are_read_and_the_others_list_all_their_faults() -> None:
    found = read_rows(b"name,kind,ended,people\n Choir ,Club,X,9\nYoga,robot,perhaps,many\nJudo,key_holder,,\n", FORMAT)
    assert found.rows == [("Choir", True, 9, "group"), ("Judo", False, None, "holder")]
    (refused,) = found.refused
    assert (refused.line, refused.name, refused.become) == (3, "Yoga", RowResult.REFUSED)
    assert [(fault.column, fault.why) for fault in refused.faults] == [
        ("kind", "'robot' is none of: club, key holder"),
        ("ended", "'perhaps' is neither yes nor no"),
        ("people", "invalid literal for int() with base 10: 'many'"),
    ]


def test_a_row_that_means_the_same_as_a_sound_one_before_it_is_refused() -> None:
    found = read_rows(b"name,ended\nChoir,perhaps\nchoir,no\nChoir,yes\n", FORMAT)
    assert [name for name, *_ in found.rows] == ["choir"]
    assert found.refused[1].faults[0].why == "line 3 has the same name; give each its id"


def test_a_row_that_cannot_be_taken_apart_is_one_of_the_refused() -> None:
    found = read_rows(b"name,ended\nChoir,no,more\nYoga,no\n", FORMAT)
    assert [row.line for row in found.refused] == [2]
    assert [name for name, *_ in found.rows] == ["Yoga"]
