"""Kinds of audit events about sign-in.

They never contain names, numbers or codes. The person who tried is kept as a keyed hash.
"""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind

LOCKED_OUT = register_audit_kind(
    "people.locked_out", label=_("Sign-in paused after too many wrong attempts")
)
UNLOCKED = register_audit_kind("people.unlocked", label=_("Sign-in pause ended by an officer"))
SESSION_IDLE = register_audit_kind("people.session_idle", label=_("Signed out after inactivity"))
SESSION_ENDED = register_audit_kind(
    "people.session_ended", label=_("Session on another device ended")
)
SESSIONS_ENDED = register_audit_kind("people.sessions_ended", label=_("Sessions ended"))
SECOND_FACTOR_FAILED = register_audit_kind(
    "people.second_factor_failed", label=_("Two-step verification failed")
)
CODE_SENT = register_audit_kind("people.code_sent", label=_("One-time code sent"))
CODE_REFUSED = register_audit_kind("people.code_refused", label=_("One-time code rejected"))
PASSWORD_CHANGED = register_audit_kind("people.password_changed", label=_("Password changed"))
PASSWORD_RESET = register_audit_kind("people.password_reset", label=_("Password reset with a code"))
ACTIVATION_MADE = register_audit_kind("people.activation_made", label=_("Activation code created"))
ACTIVATED = register_audit_kind("people.activated", label=_("Account activated"))
PHONE_CONFIRMED = register_audit_kind("people.phone_confirmed", label=_("Phone number confirmed"))
PHONE_REMOVED = register_audit_kind(
    "people.phone_removed", label=_("Phone number removed from the account")
)
MAIL_CONFIRMED = register_audit_kind("people.mail_confirmed", label=_("Email address confirmed"))
MAIL_REMOVED = register_audit_kind(
    "people.mail_removed", label=_("Email address removed from the account")
)
PASSKEY_ADDED = register_audit_kind("people.passkey_added", label=_("Passkey added"))
PASSKEY_RENAMED = register_audit_kind("people.passkey_renamed", label=_("Passkey renamed"))
PASSKEY_REMOVED = register_audit_kind("people.passkey_removed", label=_("Passkey removed"))
APP_ADDED = register_audit_kind("people.app_added", label=_("Authenticator app set up"))
APP_REMOVED = register_audit_kind("people.app_removed", label=_("Authenticator app removed"))
RECOVERY_CODES = register_audit_kind(
    "people.recovery_codes_made", label=_("Recovery codes created")
)
FACTORS_CLEARED = register_audit_kind(
    "people.factors_cleared", label=_("Two-step verification reset by an officer")
)
IDENTITY_LINKED = register_audit_kind(
    "people.outside_linked", label=_("Sign-in through another service linked")
)
IDENTITY_UNLINKED = register_audit_kind(
    "people.outside_unlinked", label=_("Sign-in through another service unlinked")
)
NEW_DEVICE = register_audit_kind(
    "people.signed_in_new_device", label=_("Signed in from a new device")
)
