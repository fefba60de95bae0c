"""What a booking costs: tariffs, quotes, statements, and hire requests.

Imports ``find`` and below.
"""
