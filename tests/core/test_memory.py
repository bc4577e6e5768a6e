"""What a web process puts aside at its start (in a process of its own: putting aside can't be
taken back for single objects).
"""

import subprocess
import sys

PROBE = """
import gc, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
import config.wsgi
from django.template import engines
from django.urls import get_resolver
loaders = engines["django"].engine.template_loaders
assert gc.get_freeze_count() > 200_000, gc.get_freeze_count()
assert len(gc.get_objects()) < 5_000, len(gc.get_objects())
assert get_resolver()._populated
assert any("office/units/tree.html" in key for key in loaders[0].get_template_cache)
"""


def test_web_process_has_loaded_addresses_and_templates_and_put_them_aside_from_the_collector():
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, cwd="site", check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
