"""Define who may make keys for programs and keep webhooks, which is HR for its employer and an
officer for the union.
"""

from access.registry import extend

KEEP_KEYS = "api.keep_keys"
KEEP_WEBHOOKS = "api.keep_webhooks"

extend("employer_hr", {KEEP_KEYS, KEEP_WEBHOOKS})
extend("union_officer", {KEEP_KEYS, KEEP_WEBHOOKS})
