"""Running the programme: new editions, progress of all, everybody's first page, the record."""
