"""The start of a manager's day at a site: what waits, what is at risk, what has changed."""
