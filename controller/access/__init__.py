"""Credentials: codes, cards and PINs, holders, members, inductions; which of them opens what.

Imports ``telemetry`` and below. What a door is sent is in ``plans``.
"""
