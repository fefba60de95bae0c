"""Figures per 5 minutes, hour, local day and local month, made from events as they are stored, with coverage."""
