"""Who may make keys for programs: HR for its employer, an officer for the union."""

from access.registry import extend

KEEP_KEYS = "api.keep_keys"

extend("employer_hr", {KEEP_KEYS})
extend("union_officer", {KEEP_KEYS})
