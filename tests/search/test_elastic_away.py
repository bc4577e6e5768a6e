"""A cluster that is away: told as such, at once, whatever is asked."""

from __future__ import annotations

import pytest

from search.engines.elastic import ElasticEngine
from search.engines.protocol import Everything, Request
from search.errors import EngineDown


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.search(Request(must=Everything())),
        lambda engine: engine.write([], ["free:1"], version=1),
        lambda engine: engine.rebuild(lambda: iter(())),
        lambda engine: engine.version(),
        lambda engine: engine.stamps(),
    ],
    ids=["search", "write", "rebuild", "version", "stamps"],
)
def test_cluster_away_is_down(ask):
    engine = ElasticEngine("http://127.0.0.1:9", "nobody")
    with pytest.raises(EngineDown):
        ask(engine)
    engine.close()
