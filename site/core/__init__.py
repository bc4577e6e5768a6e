"""Hold what every app needs and no domain owns, such as errors, states, fields, locks and text.
Nothing here knows the terms of a domain.
"""
