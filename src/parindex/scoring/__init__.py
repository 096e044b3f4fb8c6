"""Scoring: accepted values to points, by rules that say which branch was hit and why."""
