"""The programs Craftpath consists of. One list for `make demo`, the containers
(docker/compose.yml) and the trial without them (.ci/run).

What differs between sites is in the environment: PORT and WEB_CONCURRENCY for gunicorn, CRAFTPATH_*
and the service addresses for us.
"""

from __future__ import annotations

WEB = (
    "gunicorn",
    "config.wsgi",
    "--threads",
    "4",
    "--no-control-socket",
    "--max-requests",
    "5000",
    "--max-requests-jitter",
    "500",
)
WORKER = (
    "celery",
    "--quiet",
    "--app",
    "config",
    "worker",
    "--loglevel",
    "WARNING",
    "--without-gossip",
    "--without-mingle",
)
PREPARE = (
    ("python", "manage.py", "migrate", "--noinput"),
    ("python", "manage.py", "createcachetable"),
    ("python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"),
    ("python", "manage.py", "make_fonts"),
)

PRODUCTION = {"web": WEB, "worker": WORKER}


def embedded(port: int) -> dict[str, tuple[str, ...]]:
    """Return the two programs of the form that needs no server: loopback only, one worker process
    beside two of the web.
    """
    return {
        "web": (
            *WEB,
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--preload",
            "--log-level",
            "warning",
        ),
        "worker": (*WORKER, "--concurrency", "1"),
    }
