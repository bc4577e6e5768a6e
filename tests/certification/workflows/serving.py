"""The site for gunicorn, on the database of a test: `gunicorn
tests.certification.workflows.serving`.

TEST_DATABASE names it; TEST_DRAIN_SECONDS says how soon the web process drains its journal (0:
never).
"""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after Django is set up

from tests.support import database  # noqa: E402 - as above

settings.LOOK_UP_DRAIN_SECONDS = float(os.environ["TEST_DRAIN_SECONDS"])
database.use(os.environ["TEST_DATABASE"])
