"""Declare that the catalogue of occupations holds no personal data."""

from core.personal import not_personal

not_personal("occupations.Occupation", "code", "name", "aliases")
