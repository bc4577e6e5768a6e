"""Unions and employers, and who belongs to them on which day."""
