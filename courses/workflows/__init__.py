"""Writes of training: one function for each deed."""
