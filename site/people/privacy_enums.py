"""Choices about privacy, and the moves allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What the made-up name of an erased person begins with: kept in the record, so it is not
# translated.
ERASED_WORD = "已注销"


class ConsentPurpose(models.TextChoices):
    """What a person may agree to, each on its own.

    None of them is needed for training, competitions or certificates.
    """

    HONOUR_LIST = "honour_list", _("Show my name on the public list of craftsmen")
    PHOTO = "photo", _("Show my photo beside my certificate and honours")
    EMPLOYER = "employer", _("Let my employer's HR department see my classes and certificates")
    SMS = "sms", _("Send me notices by SMS")


# What agreeing does and what happens without: said beside each choice, in plain words.
CONSENT_WORDS = {
    ConsentPurpose.HONOUR_LIST: (
        _(
            "If you receive an honour, the public page shows your full name, trade and "
            "employer. Without your consent you are counted but not named."
        ),
        _("Your public pages are taken down at once. The honour itself and its certificate stay."),
    ),
    ConsentPurpose.PHOTO: (
        _(
            "Anyone who verifies your certificate sees your photo. Without your consent "
            "they see only your masked name."
        ),
        _("Your photo is no longer shown. Certificates already printed stay as they are."),
    ),
    ConsentPurpose.EMPLOYER: (
        _(
            "HR sees which classes you have completed and which certificates you hold. "
            "Without your consent HR sees only what you show them yourself."
        ),
        _("HR can no longer see them. Anything HR has already checked or recorded isn't affected."),
    ),
    ConsentPurpose.SMS: (
        _(
            "Dates and results are sent to your phone. Without your consent you find them "
            "in your inbox here."
        ),
        _(
            "SMS notices stop at once, including those waiting to be sent. You still "
            "receive sign-in codes that you ask for yourself."
        ),
    ),
}


class ConsentChannel(models.TextChoices):
    """Where a choice was made."""

    SIGN_IN = "sign_in", pgettext_lazy("consent given", "when signing in")
    MY_DATA = "my_data", pgettext_lazy("consent given", "under “My data”")
    PREFERENCES = "preferences", pgettext_lazy("consent given", "under “Which messages I get”")
    OFFICE = "office", pgettext_lazy("consent given", "on paper at the union")
    DEMO = "demo", pgettext_lazy("consent given", "demo")


class PolicyState(models.TextChoices):
    """The states of a version of the notice."""

    DRAFT = "draft", pgettext_lazy("privacy notice", "draft")
    PUBLISHED = "published", pgettext_lazy("privacy notice", "in force")
    REPLACED = "replaced", pgettext_lazy("privacy notice", "replaced")


POLICY_MOVES = {
    PolicyState.DRAFT: {PolicyState.PUBLISHED},
    PolicyState.PUBLISHED: {PolicyState.REPLACED},
    PolicyState.REPLACED: set(),
}


class PrivacyRequestKind(models.TextChoices):
    """What a person asks for."""

    CORRECTION = "correction", _("correction")
    ERASURE = "erasure", pgettext_lazy("personal data", "deletion")


class CorrectedField(models.TextChoices):
    """What can be corrected. What belongs to somebody else's record is asked for in words."""

    NAME = "name", pgettext_lazy("person", "name")
    ID_NUMBER = "id_number", _("identity number")
    BIRTH = "birth", _("date of birth")
    SEX = "sex", _("sex")
    MOBILE = "mobile", _("mobile")
    OTHER = "other", _("something else")


class PrivacyRequestState(models.TextChoices):
    """The states of a request."""

    WAITING = "waiting", pgettext_lazy("privacy request", "open")
    PREPARED = "prepared", pgettext_lazy("privacy request", "prepared, waiting for a second person")
    DONE = "done", pgettext_lazy("privacy request", "done")
    REFUSED = "refused", pgettext_lazy("privacy request", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("privacy request", "withdrawn")


REQUEST_MOVES = {
    PrivacyRequestState.WAITING: {
        PrivacyRequestState.PREPARED,
        PrivacyRequestState.DONE,
        PrivacyRequestState.REFUSED,
        PrivacyRequestState.WITHDRAWN,
    },
    PrivacyRequestState.PREPARED: {
        PrivacyRequestState.WAITING,
        PrivacyRequestState.DONE,
        PrivacyRequestState.REFUSED,
        PrivacyRequestState.WITHDRAWN,
    },
    PrivacyRequestState.DONE: set(),
    PrivacyRequestState.REFUSED: set(),
    PrivacyRequestState.WITHDRAWN: set(),
}
OPEN_STATES = (PrivacyRequestState.WAITING, PrivacyRequestState.PREPARED)


class DataExportState(models.TextChoices):
    """The states of a copy of one's data."""

    PREPARING = "preparing", pgettext_lazy("copy of data", "being prepared")
    READY = "ready", pgettext_lazy("copy of data", "ready")
    DELETED = "deleted", pgettext_lazy("copy of data", "deleted")


EXPORT_MOVES = {
    DataExportState.PREPARING: {DataExportState.READY, DataExportState.DELETED},
    DataExportState.READY: {DataExportState.DELETED},
    DataExportState.DELETED: set(),
}


class RuleState(models.TextChoices):
    """The states of a version of a retention rule.

    Only `ON` deletes anything.
    """

    PROPOSED = "proposed", pgettext_lazy("retention rule", "proposed")
    ON = "on", pgettext_lazy("retention rule", "in force")
    REFUSED = "refused", pgettext_lazy("retention rule", "rejected")
    REPLACED = "replaced", pgettext_lazy("retention rule", "replaced")
    OFF = "off", pgettext_lazy("retention rule", "switched off")


RULE_MOVES = {
    RuleState.PROPOSED: {RuleState.ON, RuleState.REFUSED},
    RuleState.ON: {RuleState.REPLACED, RuleState.OFF},
    RuleState.REFUSED: set(),
    RuleState.REPLACED: set(),
    RuleState.OFF: set(),
}
