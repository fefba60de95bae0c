"""The database: engine, transactions, leases, migrations, on SQLite and PostgreSQL. Imports nothing else of ours."""
