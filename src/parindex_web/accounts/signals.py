"""What happens at the door and is put on record by those above (see `people.signals`)."""

from __future__ import annotations

from django.dispatch import Signal

turned_away = Signal()
"""Somebody known was not let in. Arguments: person, way ("password", "oidc"), why (one word)."""
