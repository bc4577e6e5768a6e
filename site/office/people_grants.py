"""What the union roles may do with the records of persons."""

from access.registry import add_role_codenames

VIEW = "people.view_person"
RECORD = "people.record_person"
EDIT = "people.edit_person"
LOOK_UP = "people.look_up_identity"
UNMASK = "people.unmask_identity"
EXPORT = "people.export_people"
ACCOUNT = "people.manage_account"
PROPOSE = "people.propose_merge"
APPROVE = "people.approve_merge"
APPROVE_EXPORT = "people.approve_export"

add_role_codenames(
    "union_officer", {RECORD, EDIT, LOOK_UP, UNMASK, EXPORT, ACCOUNT, PROPOSE, APPROVE}
)
add_role_codenames("union_reviewer", {APPROVE, APPROVE_EXPORT})
add_role_codenames(
    "union_admin",
    {RECORD, EDIT, LOOK_UP, UNMASK, EXPORT, ACCOUNT, PROPOSE, APPROVE, APPROVE_EXPORT},
)
