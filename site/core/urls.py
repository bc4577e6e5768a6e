"""Route addresses that belong to no domain, which are the language switch, the licence and, in
development, the style guide.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import path
from django.views.i18n import set_language

from core import health, views

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("health/live", health.check_liveness, name="health_live"),
    path("health/ready", health.check_readiness, name="health_ready"),
    path("licence/", views.show_licence, name="licence"),
]
if settings.STYLEGUIDE:
    urlpatterns += [
        path("styleguide/", views.show_styleguide, name="styleguide"),
        path("styleguide/<slug:screen>/", views.styleguide_screen, name="styleguide_screen"),
    ]
