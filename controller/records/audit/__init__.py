"""The audit log: who did what, when and from where; sealed in a hash chain for each site."""
