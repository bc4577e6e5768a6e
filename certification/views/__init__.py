"""Thin doors onto queries and workflows."""
