"""Appraisal, explanation and council: what is accepted, by whom and why."""
