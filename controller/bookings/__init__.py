"""The diary of spaces: bookings, series, holds, rules, policies, and their import and export.

Imports ``access`` and below.
"""
