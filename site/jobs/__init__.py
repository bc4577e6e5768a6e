"""Run batches of background work that are kept as database rows.

A worker claims an item under a lease, attempts are counted, and progress is counted by state.
Celery only wakes the workers.
"""
