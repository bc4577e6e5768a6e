"""Reads for the front page and for everybody's own page."""

from home.queries.front import FrontPage, front_page
from home.queries.own import OwnPage, own_page
from home.queries.roles import codenames_held

__all__ = ["FrontPage", "OwnPage", "codenames_held", "front_page", "own_page"]
