"""Declare that the front page and the news hold no personal data of their own. What an editor
writes is published on purpose.
"""

from core.personal import declare_not_personal

declare_not_personal("home.HomePage", "summary", "eyebrow", "headline", "lede", "often_searched")
declare_not_personal("home.NewsIndexPage", "summary")
declare_not_personal("home.ArticlePage", "summary")
