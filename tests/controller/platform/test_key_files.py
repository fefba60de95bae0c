"""The keys: made once, for their owner only; what they seal opens for the same thing alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from controller.platform.key_files import CannotUnseal, KeyFault, KeyFiles, load_keys, write_secret


def test_keys_are_made_on_the_first_start_and_stay(tmp_path: Path) -> None:
    first, second = load_keys(tmp_path), load_keys(tmp_path)
    assert (first.public, first.page) == (second.public, second.page)
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["code.key", "controller.key", "page.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_several_that_start_at_once_have_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load_keys(tmp_path), range(8)))
    assert len({keys.public for keys in found}) == 1
    assert len({keys.page for keys in found}) == 1


def test_what_is_sealed_opens_for_the_same_thing(tmp_path: Path) -> None:
    keys = load_keys(tmp_path)
    sealed = keys.seal(b"482913", "code of b1")
    assert b"482913" not in sealed
    assert keys.unseal(sealed, "code of b1") == b"482913"
    assert keys.seal(b"482913", "code of b1") != sealed


@pytest.mark.parametrize("change", ["about", "bit", "short", "key"])
def test_what_is_sealed_opens_for_nothing_else(tmp_path: Path, change: str) -> None:
    keys = load_keys(tmp_path)
    sealed = keys.seal(b"482913", "code of b1")
    about = "code of b1"
    if change == "about":
        about = "code of b2"
    elif change == "bit":
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    elif change == "short":
        sealed = sealed[:5]
    else:
        keys = KeyFiles(tmp_path / "others")
    with pytest.raises(CannotUnseal, match="put the key file back"):
        keys.unseal(sealed, about)


def test_a_key_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    load_keys(tmp_path)
    (tmp_path / "keys" / "code.key").write_bytes(b"short")
    with pytest.raises(KeyFault, match=r"code\.key has 5 bytes instead of 32"):
        load_keys(tmp_path)


def test_a_secret_is_written_once_and_whole(tmp_path: Path) -> None:
    write_secret(tmp_path / "token", b"one")
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "token", b"two")
    assert (tmp_path / "token").read_bytes() == b"one"
    assert [file.name for file in tmp_path.iterdir()] == ["token"]
