import hashlib
from pathlib import Path

import pytest

from controller.people.breached_passwords import BreachedPasswords

KNOWN = [f"password {number}" for number in range(200)]


def listed(file: Path, *passwords: str, end: str = "\r\n") -> Path:
    """As the list is published: sorted digests, each with a count."""
    digests = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in passwords)
    file.write_bytes("".join(f"{digest}:{number}{end}" for number, digest in enumerate(digests, 1)).encode())
    return file


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_password_of_the_list_is_found_wherever_it_stands_and_no_other(tmp_path: Path, end: str) -> None:
    breached = BreachedPasswords(listed(tmp_path / "list", *KNOWN, end=end))
    assert all(each in breached for each in KNOWN)
    assert not any(f"{each}!" in breached for each in KNOWN)


def test_an_empty_list_holds_nothing_and_a_missing_one_is_no_permission(tmp_path: Path) -> None:
    assert "password 1" not in BreachedPasswords(listed(tmp_path / "list"))
    with pytest.raises(FileNotFoundError):
        assert "password 1" in BreachedPasswords(tmp_path / "none")
