"""The checks of the Makefile that take long, beside the other tests: types, imports and the web app's own tests."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("check", ["types", "pages", "imports"])
def test_a_check_of_the_makefile_passes(check: str) -> None:
    # What `make test` has told its own recipes is not for this one; the environment is set up already.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--no-print-directory", "-o", "setup-test", check],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"make {check}\n{done.stdout}{done.stderr}"
