"""Kinds of audit events about people."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

PERSON_CREATED = register("people.person_created", label=_("Person recorded"), personal=True)
PERSON_CHANGED = register("people.person_changed", label=_("Person changed"), personal=True)
ACCOUNT_LINKED = register("people.account_linked", label=_("Account linked to person"))
SIGNED_IN = register("people.signed_in", label=_("Signed in"))
SIGNED_OUT = register("people.signed_out", label=_("Signed out"))
SIGN_IN_FAILED = register("people.sign_in_failed", label=_("Sign-in failed"))
CONFIRMED_AGAIN = register("people.confirmed_again", label=_("Confirmed who they are, before a sensitive act"))
