"""Calendars out and in: iCalendar subscriptions, external feeds, what's on.

Imports ``billing`` and below.
"""
