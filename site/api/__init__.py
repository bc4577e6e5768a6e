"""Answer programs of employers and unions, with keys, answers in JSON, and the description of
both.
"""
