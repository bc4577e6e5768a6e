"""Verifiable credentials: Open Badges 3.0, their proofs, status lists, the offline token. Pure: no Django, no database, no network."""
