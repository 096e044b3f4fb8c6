"""Plain files that people write: YAML and CSV read with their places, and files written all or nothing."""
