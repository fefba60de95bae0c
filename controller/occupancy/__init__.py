"""How many people are in a space, from what its sensors say; whether a count is unusual; the forecast.

Imports ``bookings`` and below.
"""
