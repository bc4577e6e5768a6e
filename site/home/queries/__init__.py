"""Reads for the front page and for everybody's own page."""

from home.queries.front import FrontPage, front_page
from home.queries.own import OwnPage, own_page

__all__ = ["FrontPage", "OwnPage", "front_page", "own_page"]
