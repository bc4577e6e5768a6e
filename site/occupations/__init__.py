"""Occupations and levels: the national catalogue as far as it is needed, keyed by edition and code."""
