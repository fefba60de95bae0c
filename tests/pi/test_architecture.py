from fnmatch import fnmatch
from itertools import permutations

import pytest

from tests.pi.architecture import AMD64, ARM64


@pytest.mark.parametrize("what", ["image", "installed", "hallkeeper-edge"])
def test_making_a_disk_for_one_processor_leaves_what_is_kept_for_the_other(what: str) -> None:
    for one, other in permutations((AMD64, ARM64)):
        assert not fnmatch(f"{one.kept_as}{what}-0123", f"{other.kept_as}{what}-*")
