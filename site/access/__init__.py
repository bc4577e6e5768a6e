"""Roles and rights, and the only code that uses django-guardian.

The app knows who has which role where, and what may be done with it.
"""

from access.system import SYSTEM

__all__ = ["SYSTEM"]
