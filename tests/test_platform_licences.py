"""Every locked dependency's licence against ours, which is Apache-2.0.

What is shipped or run beside a building's data must be permissive, or copyleft by file (MPL-2.0, which we use
unchanged). Tools that only the tests run may have any free licence; each of those stands in ``TEST_ONLY``.
"""

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
COMPATIBLE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
}
TEST_ONLY = {
    "aiostream": "GPL-3.0-or-later",
    "pyxdg": "LGPL-2.0-only",
    "recurring-ical-events": "LGPL-3.0-or-later",
    "urwid": "LGPL-2.1-only",
    "x-wr-timezone": "LGPL-3.0-or-later",
}
"""Locked for the tests, never installed with Hallkeeper and never imported by it."""
NODE_FOLDERS = ("dashboards", "tests/services/node", "tests/services/lighthouse", "tests/services/zigbee2mqtt")
"""With a package.json: the web app, and what the tests run."""
NODE_TEST_ONLY = {
    "glossy": "none",  # MIT, by its README
    "humanize-duration": "Unlicense",
    "zigbee-on-host": "GPL-3.0-or-later",
    "zigbee2mqtt": "GPL-3.0",
    "zigbee2mqtt-frontend": "GPL-3.0",
    "zigbee2mqtt-windfront": "GPL-3.0-or-later",
}
"""Fetched by ``make peers`` alone, and run as a program of its own."""
UNDECLARED = {"axe-playwright-python": ("MIT", "MIT License")}
"""Metadata name no licence: the one in the package's LICENSE file, and that file's first line."""
OTHER_MACHINES = {"colorama": "BSD-3-Clause", "pyyaml-ft": "MIT"}
"""Not installed on every system or Python: the licence that the package registry shows."""
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_ENTRY = re.compile(r"^(?P<requirement>[a-z0-9-]+==[^ ]+(?: ; [^\\]+)?) \\$", re.MULTILINE)


def locked(*locks: str) -> dict[str, Requirement]:
    """By name: what any of these lock files holds."""
    texts = [(ROOT / "requirements" / f"{lock}.txt").read_text() for lock in locks]
    found = [Requirement(entry["requirement"]) for text in texts for entry in _ENTRY.finditer(text)]
    return {each.name: each for each in found}


SHIPPED = locked("edge", "controller", "run", "uv")
"""What `make demo` or a server or a Pi installs."""
LOCKED = locked("edge", "controller", "run", "uv", "test")


def licence(name: str) -> str:
    """SPDX expression from a package's installed metadata.

    Raises:
        LookupError: the metadata name none that this test knows.
    """
    marker = LOCKED[name].marker
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        if marker is None or marker.evaluate():
            raise
        return OTHER_MACHINES[name]
    if "License-Expression" in said:
        return canonicalize_license_expression(said["License-Expression"])
    prefix = "License :: OSI Approved :: "
    classified = [each.removeprefix(prefix) for each in said.get_all("Classifier", []) if each.startswith(prefix)]
    if classified:
        return " OR ".join(_CLASSIFIERS[each] for each in classified)
    if name in UNDECLARED:
        return _from_file(name)
    return canonicalize_license_expression(said["License"].strip().replace("Apache 2.0", "Apache-2.0"))


def _from_file(name: str) -> str:
    expression, first_line = UNDECLARED[name]
    (file,) = (each for each in metadata.files(name) or () if each.name == "LICENSE")
    assert file.read_text().splitlines()[0] == first_line
    return expression


def compatible(expression: str) -> bool:
    """Whether one may choose terms in an SPDX expression that are all compatible with Apache-2.0."""
    assert "(" not in expression, f"{expression}: nested terms need a parser"
    return any(COMPATIBLE.issuperset(choice.split(" AND ")) for choice in expression.split(" OR "))


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("EPL-2.0 OR BSD-3-Clause", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("LGPL-2.1-only", False),
    ],
)
def test_an_expression_is_judged_by_the_terms_one_may_choose(expression: str, may: bool) -> None:
    assert compatible(expression) == may


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_is_installed_with_hallkeeper_has_a_compatible_licence(name: str) -> None:
    assert compatible(licence(name)), f"{name} has {licence(name)}: choose another package"


def test_what_only_the_tests_use_and_is_not_compatible_is_listed() -> None:
    only_tests = LOCKED.keys() - SHIPPED.keys()
    found = {name: licence(name) for name in only_tests if not compatible(licence(name))}
    assert found == TEST_ONLY


@pytest.mark.parametrize("folder", NODE_FOLDERS)
def test_the_packages_of_node_have_compatible_licences(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    found = {name: each.get("license", "none").strip("()") for name, each in packages.items() if name}
    assert found
    odd = {name.removeprefix("node_modules/"): each for name, each in found.items() if not compatible(each)}
    assert odd == (NODE_TEST_ONLY if folder.endswith("/zigbee2mqtt") else {})


def test_every_distribution_says_and_carries_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    for folder in (ROOT, ROOT / "deploy" / "edge-wheel"):
        settings = tomllib.loads((folder / "pyproject.toml").read_text())
        assert settings["project"]["license"] == "Apache-2.0"
    edge_wheel = tomllib.loads((ROOT / "deploy" / "edge-wheel" / "pyproject.toml").read_text())
    targets = edge_wheel["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert targets["force-include"]["../../LICENSE"] == "edge/LICENSE"
    assert json.loads((ROOT / "dashboards" / "package.json").read_text())["license"] == "Apache-2.0"
