"""Define who may make keys for programs and keep webhooks, which is HR for its employer and an
officer for the union.
"""

from access.registry import add_role_codenames

KEEP_KEYS = "api.keep_keys"
KEEP_WEBHOOKS = "api.keep_webhooks"

add_role_codenames("employer_hr", {KEEP_KEYS, KEEP_WEBHOOKS})
add_role_codenames("union_officer", {KEEP_KEYS, KEEP_WEBHOOKS})
