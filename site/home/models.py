"""Django finds the pages here."""

from home.pages import ArticlePage, HomePage, NewsIndexPage

__all__ = ["ArticlePage", "HomePage", "NewsIndexPage"]
