"""Reads of training: querysets and frozen dataclasses, never a write."""
