"""The rights to read the audit log. Superusers don't have them automatically, because the log
watches them too (ADR 19).
"""

from access.grants import EXPORT_EVENTS, VIEW_EVENTS

__all__ = ["EXPORT_EVENTS", "VIEW_EVENTS"]
