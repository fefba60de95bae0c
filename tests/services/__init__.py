"""Real servers for tests: each is started on ports and folders of its own and ended by its own pid."""
