"""Doors that are known not to work, told to those whose bookings begin there soon."""
