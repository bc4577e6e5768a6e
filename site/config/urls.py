"""Route all addresses, the apps' own first and Wagtail's pages last."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from certification.views import verify

APPS = (
    "core",
    "people",
    "jobs",
    "notify",
    "access",
    "office",
    "oversight",
    "home",
    "courses",
    "competitions",
    "certification",
    "search",
    "api",
)

urlpatterns = [
    # What is scanned most answers before three hundred other addresses are tried; links to it are
    # made by the names in certification.urls.
    re_path(r"^v/(?P<code>[^/]{1,200})/$", verify.verify_scanned_code, name="scanned_code"),
    re_path(r"^V/(?P<code>[0-9A-Z]{16})$", verify.verify_scanned_code, name="scanned_printed_code"),
    *[path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")],
    path("", include("people.login.urls")),
    path("manage/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # In production nginx or the object store hands these out; the embedded form has neither.
    *(
        [re_path(r"^files/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})]
        if settings.EMBEDDED
        else []
    ),
    path("", include(wagtail_urls)),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.page_not_found"
handler500 = "core.views.server_error"
