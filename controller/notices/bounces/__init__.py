"""Mails that come back: addresses are marked, and not written to until somebody clears them."""
