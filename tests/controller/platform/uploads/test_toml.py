"""How deep the keys of a TOML file may go, and that nothing else in it is taken for a key."""

import pytest

from controller.platform.uploads import toml

DEEPEST = ".".join("k" * 20)


@pytest.mark.parametrize(
    "text",
    [
        f"{DEEPEST} = 1",
        f"[{DEEPEST}]\n{DEEPEST} = 1",
        f"text = 'k.{DEEPEST}'  # k.{DEEPEST}",
        f'text = """\nk.{DEEPEST}\n"""',
        f"text = '''\n'k.{DEEPEST}\n'''",
        f'text = "\\"k.{DEEPEST}"',
        "\n".join(f"k{number}.k = 1.5" for number in range(100)),
    ],
)
def test_what_is_no_deep_key_is_read(text: str) -> None:
    assert toml.loads(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        f"k.{DEEPEST} = 1",
        f"\n[k.{DEEPEST}]",
        f'\n[[ "k.k" . {DEEPEST} ]]',
        f"\nx = {{'k'.{DEEPEST} = 1}}",
        f'\nx = "k"  # k\n"\\"k".{DEEPEST} = 1',
        f'\nx = """k\\"""" \n\'\'.{DEEPEST} = 1',
    ],
)
def test_a_key_too_deep_is_refused_with_its_line(text: str) -> None:
    line = text.count("\n") + 1
    with pytest.raises(ValueError, match=rf"^line {line} has a key of more than 20 parts"):
        toml.loads(text.encode())


def test_a_string_that_never_ends_is_looked_through_once() -> None:
    with pytest.raises(ValueError, match="this is not TOML"):
        toml.loads(b'"""' + b'\\"""' * 50_000)
