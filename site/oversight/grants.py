"""Who may look at the record. Superusers hold nothing here: the record watches them too (ADR 19)."""

from access.grants import EXPORT_EVENTS, VIEW_EVENTS

__all__ = ["EXPORT_EVENTS", "VIEW_EVENTS"]
