"""Texts of the site: the contact is the operator's."""

from core.personal import not_personal

not_personal("cms.SiteTexts", "contact", "phone", "hours", "notice")
