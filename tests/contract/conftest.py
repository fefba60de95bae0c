"""The controller's fixtures: migrated databases, settings, a clock that stands still."""

from tests.controller.conftest import (
    any_settings,
    clock,
    database_url,
    pages_dir,
    passwords,
    postgres_template,
    settings,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "any_settings",
    "clock",
    "database_url",
    "pages_dir",
    "passwords",
    "postgres_template",
    "settings",
    "sqlite_template",
    "sqlite_url",
]
