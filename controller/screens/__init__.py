"""What people look at while it changes: the live view, pages that work without JavaScript, tablets at rooms.

Imports ``privacy`` and below.
"""
