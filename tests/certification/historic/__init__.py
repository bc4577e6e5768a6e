"""Paper certificates."""
