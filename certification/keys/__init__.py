"""The keys that sign certificates. They are kept outside the database, one for each purpose, and
old ones are kept.
"""

from certification.keys.key_store import (
    DocumentKey,
    KeyPurpose,
    KeyRing,
    SigningKey,
    generate_next_key,
    get_keyring,
    list_own_crls,
)

__all__ = [
    "DocumentKey",
    "KeyPurpose",
    "KeyRing",
    "SigningKey",
    "generate_next_key",
    "get_keyring",
    "list_own_crls",
]
