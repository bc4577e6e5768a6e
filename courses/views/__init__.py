"""Thin doors: form → workflow → redirect."""
