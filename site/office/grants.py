"""What the union roles may do with imports."""

from access.registry import extend

IMPORT_ROSTER = "office.import_roster"
IMPORT_TREE = "office.import_tree"

extend("union_officer", {IMPORT_ROSTER, IMPORT_TREE})
