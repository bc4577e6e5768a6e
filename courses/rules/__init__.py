"""Hold the pure arithmetic and decisions of training. There is no Django, no clock and no
database, and everything is passed as an argument.
"""
