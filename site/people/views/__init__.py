"""Doors of the people room, by subject."""
