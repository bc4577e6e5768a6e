"""Hold occupations and levels, which are the national catalogue as far as it is needed, keyed by
edition and code.
"""
