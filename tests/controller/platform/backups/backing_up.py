"""A controller's folder with settings for backups, and its commands."""

from pathlib import Path

from typer.testing import CliRunner, Result

from controller.app.cli.controller import app
from controller.platform.key_files import load_keys
from controller.platform.settings import Settings
from controller.platform.settings_file import load_settings
from tests.controller.seeds import Seed

SETTINGS = """\
data_dir = "data"
[backup]
repository = "disk/hallkeeper"
password_file = "password"
"""


class Machine:
    """The controller's machine, with a disk for backups, in a folder; ``seed``: what its database has."""

    def __init__(self, folder: Path, seed: Seed) -> None:
        self.data, self.disk, self.config = folder / "data", folder / "disk", folder / "controller.toml"
        for each in (self.data, self.disk):
            each.mkdir(parents=True)
        (self.data / "hallkeeper.db").write_bytes(Path(seed.database).read_bytes())
        seed.keys_into(self.data)
        load_keys(self.data)
        self.password = folder / "password"
        self.password.write_text("thirteen shelves and a till")
        self.password.chmod(0o640)
        self.config.write_text(SETTINGS)

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(self.config)])
