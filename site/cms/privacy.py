"""Declare the personal data in the texts of the site. The contact is the operator's."""

from core.personal import declare_not_personal

declare_not_personal("cms.SiteTexts", "contact", "phone", "hours", "notice")
