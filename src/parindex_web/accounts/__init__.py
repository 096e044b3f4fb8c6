"""People, what they may do, for which units and in which time."""
