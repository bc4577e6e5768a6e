"""Writes of the office."""
