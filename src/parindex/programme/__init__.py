"""A programme as data: its framework of criteria, its units, its editions."""
