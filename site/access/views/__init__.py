"""Screens of the rights desk."""
