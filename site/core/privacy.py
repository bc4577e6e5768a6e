"""Declare that the foundation's own tables hold no personal data."""

from core.personal import not_personal

not_personal("core.NamedLock", "name")
not_personal("core.NamedCounter", "name")
