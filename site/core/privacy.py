"""Declare that the foundation's own tables hold no personal data."""

from core.personal import declare_not_personal

declare_not_personal("core.NamedLock", "name")
declare_not_personal("core.NamedCounter", "name")
