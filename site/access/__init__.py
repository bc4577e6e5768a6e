"""Rights: the only door to django-guardian. Who has which role where, and what may be done with it."""

from access.system import SYSTEM

__all__ = ["SYSTEM"]
