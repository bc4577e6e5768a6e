"""Translate sentences of Django in our own words. A message is in our catalogue because it is
named here.
"""

from django.utils.translation import gettext_lazy as _

OURS = (
    _("This field is required."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Enter a valid date."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("The submitted file is empty."),
    _("No file was submitted. Check the encoding type on the form."),
)
