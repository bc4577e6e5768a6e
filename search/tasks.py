"""Define the Celery task of the index."""

from celery import shared_task  # noqa: TID251 - a doorbell: the rows of the outbox decide, as those of `jobs` do


@shared_task(name="search.flush", time_limit=600, soft_time_limit=560)
def flush() -> int:
    """Write noted changes to the index and return how many documents were written. The task may
    safely run twice, late, or never.

    When another process writes, or the engine is away, the notes stay and the sweeper starts the
    task again.
    """
    import structlog  # task body

    from search import outbox  # task body
    from search.errors import EngineBusy, EngineDown  # task body

    log = structlog.get_logger("craftpath.search")
    try:
        done = outbox.flush_outbox()
    except EngineBusy:
        return 0
    except EngineDown as error:
        log.warning("search_engine_down", reason=str(error))
        return 0
    return done.written
