"""Declare the personal data of the search. The outbox names documents by kind and key, and the
index behind it is rebuilt from the tables.
"""

from core.personal import declare_not_personal

declare_not_personal("search.Pending", "kind", "object_pk")
