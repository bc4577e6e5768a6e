"""Screens and answers."""
