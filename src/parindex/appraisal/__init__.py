"""Appraisal: what of the claimed values is accepted, at which stage, by which decision and why."""
