"""deploy/compose/compose.yaml, read."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "compose"
FILE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]


def mounts(service: str) -> dict[str, str]:
    """By place in the container: a path from the file's folder, or the name of a volume. Secrets are among them."""
    spec = SERVICES[service]
    pairs = [each.removesuffix(":ro").split(":") for each in spec["volumes"]]
    files = {f"/run/secrets/{name}": FILE["secrets"][name]["file"] for name in spec.get("secrets", ())}
    return {target: source for source, target in pairs} | files


def health_check(service: str) -> list[str]:
    """The command, as it comes to the container: compose reads `$$` as `$`."""
    kind, *argv = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD"
    return [each.replace("$$", "$") for each in argv]
