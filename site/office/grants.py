"""What the union roles may do with imports."""

from access.registry import add_role_codenames

IMPORT_ROSTER = "office.import_roster"
IMPORT_TREE = "office.import_tree"

add_role_codenames("union_officer", {IMPORT_ROSTER, IMPORT_TREE})
