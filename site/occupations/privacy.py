"""Declare that the catalogue of occupations holds no personal data."""

from core.personal import declare_not_personal

declare_not_personal("occupations.Occupation", "code", "name", "aliases")
