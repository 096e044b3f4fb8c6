"""Simulated editions ("mô phỏng"): published totals held fixed, everything below them made up from a seed."""
