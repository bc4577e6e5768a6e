"""The keys that sign certificates. They are kept outside the database, one for each purpose, and
old ones are kept.
"""

from certification.keys.ring import DocumentKey, KeyRing, Purpose, SigningKey, keyring, own_lists, rotate

__all__ = ["DocumentKey", "KeyRing", "Purpose", "SigningKey", "keyring", "own_lists", "rotate"]
