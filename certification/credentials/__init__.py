"""Verifiable credentials in Open Badges 3.0, with their proofs, status lists and the offline token.

The code is pure. It uses no Django, no database and no network.
"""
