"""What a password is made of (GB/T 22239 level 3 asks for complexity). No Django here."""

from __future__ import annotations


def count_character_kinds(password: str) -> int:
    """Return how many of the four kinds of characters occur, which are small letters, capitals,
    digits and anything else (signs, spaces, Chinese).
    """
    found = set()
    for ch in password:
        if ch.isascii() and ch.islower():
            found.add("small")
        elif ch.isascii() and ch.isupper():
            found.add("capital")
        elif ch.isascii() and ch.isdigit():
            found.add("digit")
        else:
            found.add("other")
    return len(found)
