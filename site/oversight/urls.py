"""Addresses of `oversight`."""

from __future__ import annotations

from django.urls import URLPattern

from oversight.audit_urls import urlpatterns as audit
from oversight.privacy_urls import urlpatterns as privacy

app_name = "oversight"
urlpatterns: list[URLPattern] = [*audit, *privacy]
