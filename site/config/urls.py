"""All addresses: the apps' own first, Wagtail's pages last."""

from importlib.util import find_spec

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

APPS = ("core", "people", "jobs", "org", "home", "courses", "competitions", "certification", "search")

urlpatterns = [
    *[path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")],
    path("manage/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include(wagtail_urls)),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.page_not_found"
handler500 = "core.views.server_error"
