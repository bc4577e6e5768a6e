"""Write the home app, which is the Wagtail site that carries our pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

import audit
from core import locks
from core.actors import Actor
from home.pages import HomePage, NewsIndexPage

LOCK = "home.site"


@transaction.atomic
def ensure_site(*, actor: Actor) -> HomePage:
    """Return the front page of the default site, made on the first call. The site answers to
    `settings.BASE_URL`.

    Safe to run again, because it only mends what is missing. The news index is a child of the front
    page.
    """
    locks.acquire_named_lock(LOCK)
    home: HomePage | None = HomePage.objects.first()
    if home is None:
        root = Page.objects.get(depth=1)
        home = root.add_child(
            instance=HomePage(title=settings.SITE_NAME, slug="home", locale=Locale.get_default())
        )
        audit.record("home.site_made", actor=actor, target=home, after={"page": home.pk})
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": port,
        "root_page_id": home.pk,
        "site_name": settings.SITE_NAME,
    }
    site = Site.objects.select_for_update().filter(is_default_site=True).first()
    if site is None:
        site = Site.objects.create(is_default_site=True, **wanted)
    elif any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()
    if not NewsIndexPage.objects.child_of(home).exists():
        home.add_child(
            instance=NewsIndexPage(
                title="资讯", slug="news", show_in_menus=True, locale=home.locale
            )
        )
    home.refresh_from_db()
    return home
