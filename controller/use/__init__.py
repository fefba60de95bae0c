"""What was made of bookings and opening hours: use of spaces, and attendance.

Imports ``occupancy`` and below.
"""
