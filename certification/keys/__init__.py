"""The keys certificates are signed with: outside the database, one for each purpose, old ones kept."""

from certification.keys.ring import DocumentKey, KeyRing, Purpose, SigningKey, keyring, own_lists, rotate

__all__ = ["DocumentKey", "KeyRing", "Purpose", "SigningKey", "keyring", "own_lists", "rotate"]
