"""Reads for the front page and for everybody's own page."""

from home.queries.front import FrontPage, front_page
from home.queries.own import OwnPage, meeting_of, own_page, record_of

__all__ = ["FrontPage", "OwnPage", "front_page", "meeting_of", "own_page", "record_of"]
