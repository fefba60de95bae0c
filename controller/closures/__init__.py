"""Closing a building or a space for a time, with all that follows for its bookings and doors.

Imports ``plans`` and below.
"""
