"""Declare the personal data in the texts of the site. The contact is the operator's."""

from core.personal import not_personal

not_personal("cms.SiteTexts", "contact", "phone", "hours", "notice")
