"""Editions as they are run: their files, calendar and steps, and where each unit's file stands."""
