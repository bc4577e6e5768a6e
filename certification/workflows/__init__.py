"""Workflows of certification, which write to the database."""
