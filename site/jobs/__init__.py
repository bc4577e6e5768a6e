"""Batches of work as rows: claimed with a lease, counted attempts, progress by state. Celery only rings the bell."""
