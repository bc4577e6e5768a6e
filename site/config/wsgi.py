"""Provide the WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

application = get_wsgi_application()

from core.preload import preload_and_freeze  # noqa: E402 - Django is set up by the line above

preload_and_freeze()
