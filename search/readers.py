"""Say what a reader may find, as access tokens. Documents carry the same tokens
(`search.base.Visibility`).
"""

from __future__ import annotations

from access import registry as roles
from access.queries import roles_of
from core.actors import Actor
from search import registry
from search.base import PUBLIC, SIGNED_IN, scope_token


def tokens_for(user: Actor | None) -> tuple[str, ...] | None:
    """Return the tokens of *user*. These are `None` (no restriction) for a superuser, and the
    public one alone for a visitor.

    A role counts on the days of its assignment. Union roles reach down the tree because a document
    names the unions above it.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return (PUBLIC,)
    if user.is_superuser:
        return None
    tokens = {PUBLIC, SIGNED_IN, f"user:{user.pk}"}
    wanted = {
        codename
        for document in registry.list_registered_documents()
        for codename in document.codenames
    }
    if wanted:
        rights = {role.key: role.codenames & wanted for role in roles.all_roles()}
        held = roles_of(user).values_list(
            "role", "scope_type__app_label", "scope_type__model", "scope_id"
        )
        for key, app, model, pk in held:
            tokens |= {
                scope_token(codename, f"{app}.{model}", pk) for codename in rights.get(key, ())
            }
    return tuple(sorted(tokens))
