"""Django project of Craftpath. Celery is loaded with it, so that tasks find their application."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
