"""When a building is open: weekly hours, exceptions, holidays, and recurrence rules (RFC 5545).

Imports ``estate`` and below.
"""
