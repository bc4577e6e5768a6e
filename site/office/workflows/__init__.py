"""Workflows of the office, which check the officer's rights."""
