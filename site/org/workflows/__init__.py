"""Writes of org."""
