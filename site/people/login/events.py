"""Kinds of audit events about sign-in.

They never contain names, numbers or codes. The person who tried is kept as a keyed hash.
"""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

LOCKED_OUT = register("people.locked_out", label=_("Sign-in paused after too many wrong attempts"))
UNLOCKED = register("people.unlocked", label=_("Pause of sign-in ended by an officer"))
SESSION_IDLE = register("people.session_idle", label=_("Signed out after being away"))
SESSION_ENDED = register("people.session_ended", label=_("Session on another device ended"))
SESSIONS_ENDED = register("people.sessions_ended", label=_("Sessions ended"))
SECOND_FACTOR_FAILED = register("people.second_factor_failed", label=_("Second factor refused"))
CODE_SENT = register("people.code_sent", label=_("One-time code sent"))
CODE_REFUSED = register("people.code_refused", label=_("One-time code refused"))
PASSWORD_CHANGED = register("people.password_changed", label=_("Password changed"))
PASSWORD_RESET = register("people.password_reset", label=_("New password after a code"))
ACTIVATION_MADE = register("people.activation_made", label=_("Code for the first sign-in made"))
ACTIVATED = register("people.activated", label=_("Account opened for the first time"))
PHONE_CONFIRMED = register("people.phone_confirmed", label=_("Phone number confirmed"))
PHONE_REMOVED = register("people.phone_removed", label=_("Phone number removed from the account"))
MAIL_CONFIRMED = register("people.mail_confirmed", label=_("Mail address confirmed"))
MAIL_REMOVED = register("people.mail_removed", label=_("Mail address removed from the account"))
PASSKEY_ADDED = register("people.passkey_added", label=_("Passkey added"))
PASSKEY_RENAMED = register("people.passkey_renamed", label=_("Passkey renamed"))
PASSKEY_REMOVED = register("people.passkey_removed", label=_("Passkey removed"))
APP_ADDED = register("people.app_added", label=_("Authenticator app set up"))
APP_REMOVED = register("people.app_removed", label=_("Authenticator app removed"))
RECOVERY_CODES = register("people.recovery_codes_made", label=_("Recovery codes made"))
FACTORS_CLEARED = register("people.factors_cleared", label=_("Second factors taken away by an officer"))
IDENTITY_LINKED = register("people.outside_linked", label=_("Sign-in through another service linked"))
IDENTITY_UNLINKED = register("people.outside_unlinked", label=_("Sign-in through another service unlinked"))
NEW_DEVICE = register("people.signed_in_new_device", label=_("Signed in from a new device"))
