"""What waits for a person, by role: one module for each kind; `work.KINDS` says which roles it is for."""
