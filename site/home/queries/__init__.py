"""Read what the front page and everybody's own page show."""

from home.queries.front import FrontPage, front_page
from home.queries.own import OwnPage, meeting_of, own_page, record_of

__all__ = ["FrontPage", "OwnPage", "front_page", "meeting_of", "own_page", "record_of"]
