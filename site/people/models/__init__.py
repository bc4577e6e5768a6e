"""Accounts, persons and their identity numbers."""

from people.models.person import IdentityDocument, Person
from people.models.user import User

__all__ = ["IdentityDocument", "Person", "User"]
