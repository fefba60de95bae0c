"""The application put together: its container, its HTTP and MQTT sides, its commands, and the doctor.

Imports everything; nothing imports it.
"""
