"""Running the programme: people and their duties, new editions, progress of all, everybody's first page."""
