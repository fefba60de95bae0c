"""Reading the audit log: over HTTP, by commands, and as the daily mail to auditors."""
