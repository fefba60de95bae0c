"""What every package stands on: settings, HTTP problems and fields, files that come in, CSV, backups, the CLI's client.

Imports ``db``.
"""
