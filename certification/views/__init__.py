"""Thin views onto queries and workflows."""
