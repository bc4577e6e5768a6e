"""Shapes of input; no writes."""
