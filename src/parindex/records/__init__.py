"""What offices keep: exports become declared tables, and records that are wrong are kept apart with their reasons."""
