"""How the database's format changed: one module a step in `versions`, run by `kb.storage.database`."""
