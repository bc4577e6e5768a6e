"""Changes reach the index: in the same transaction noted, afterwards written, whatever breaks in
between.
"""

from __future__ import annotations

import fcntl
import multiprocessing
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

import search
from org.models import Employer, OrgUnit
from search import outbox, queries, registry, tasks, testing
from search.base import Document
from search.errors import EngineBusy, EngineDown
from search.models import Pending
from tests.factories.ground import EmployerFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db


def notes():
    return sorted(set(Pending.objects.values_list("kind", "object_pk")))


def titles(text, **more):
    return sorted(
        str(hit.title).replace("<mark>", "").replace("</mark>", "")
        for hit in queries.search_documents(text, size=100, **more).hits
    )


def test_save_notes_and_flush_finds(index):
    firm = EmployerFactory(name="红星机械厂")
    assert notes() == [("firm", str(firm.pk))]
    assert titles("机械") == []
    assert testing.flush_index() == outbox.Flushed(written=1, removed=0, left=0)
    assert titles("机械") == ["红星机械厂"]


def test_change_and_deletion_follow(index):
    firm = EmployerFactory(name="红星机械厂")
    testing.flush_index()
    firm.name = "蓝天机械厂"
    firm.save()
    testing.flush_index()
    assert (titles("红星"), titles("蓝天")) == ([], ["蓝天机械厂"])
    firm.delete()
    assert testing.flush_index() == outbox.Flushed(written=0, removed=1, left=0)
    assert titles("机械") == []


def test_unregistered_model_notes_nothing(index, django_user_model):
    user = django_user_model.objects.create(username="a")
    search.queue_reindexing(user)
    search.queue_reindexing(django_user_model.objects.all())
    assert notes() == []


def test_bulk_update_is_noted_by_touch(index):
    firms = EmployerFactory.create_batch(3)
    testing.flush_index()
    Employer.objects.update(name="合并厂")
    assert notes() == []
    search.queue_reindexing(Employer.objects.all())
    assert notes() == sorted(("firm", str(firm.pk)) for firm in firms)
    testing.flush_index()
    assert titles("合并") == ["合并厂"] * 3


def test_touch_takes_one_several_or_a_queryset(index):
    one, two = EmployerFactory.create_batch(2)
    for what in (one, [one, two], Employer.objects.filter(pk=two.pk)):
        search.queue_reindexing(what)
    assert notes() == sorted([("firm", str(one.pk)), ("firm", str(two.pk))])


def test_rolled_back_change_leaves_no_note(index):
    with transaction.atomic():
        EmployerFactory(name="幻影厂")
        transaction.set_rollback(True)
    assert notes() == []


def test_many_changes_ring_once_after_commit(
    index, django_capture_on_commit_callbacks, monkeypatch
):
    rung = []
    monkeypatch.setattr(tasks.flush, "delay", lambda: rung.append(1))
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        EmployerFactory.create_batch(5)
        assert rung == []
    assert (len(callbacks), rung) == (1, [1])


def test_broker_away_at_commit_harms_nothing(
    index, django_capture_on_commit_callbacks, monkeypatch
):
    def away():
        raise ConnectionError

    monkeypatch.setattr(tasks.flush, "delay", away)
    with django_capture_on_commit_callbacks(execute=False):
        EmployerFactory(name="红星机械厂")
    assert notes() != []
    testing.flush_index()
    assert titles("红星") == ["红星机械厂"]


def test_crash_between_commit_and_flush_loses_nothing(index, monkeypatch):
    EmployerFactory(name="红星机械厂")  # committed, and nobody was told
    index.close()  # a new process starts
    assert tasks.flush() == 1
    assert titles("红星") == ["红星机械厂"]


def test_crash_between_writing_and_clearing_repeats_without_harm(index, monkeypatch):
    firm = EmployerFactory(name="红星机械厂")
    documents, gone = outbox.read_documents([("firm", str(firm.pk))])
    index.write(documents, gone, version=1)  # written, then killed before the note was taken out
    assert notes() != []
    testing.flush_index()
    assert (titles("红星"), notes()) == (["红星机械厂"], [])


def test_crash_while_writing_keeps_the_notes(index, monkeypatch):
    EmployerFactory(name="红星机械厂")
    real = type(index).write

    def dies(self, *args, **kwargs):
        raise EngineDown("gone")

    monkeypatch.setattr(type(index), "write", dies)
    with pytest.raises(EngineDown):
        testing.flush_index()
    assert (tasks.flush(), len(notes())) == (0, 1)
    monkeypatch.setattr(type(index), "write", real)
    assert tasks.flush() == 1


def test_flush_twice_gives_the_same_index(index):
    firms = EmployerFactory.create_batch(3)
    testing.flush_index()
    before = index.stamps()
    search.queue_reindexing(Employer.objects.all())
    search.queue_reindexing(firms)
    testing.flush_index()
    assert index.stamps() == before
    assert testing.flush_index() == outbox.Flushed()


def test_more_notes_than_a_batch_are_all_written(index, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 4)
    EmployerFactory.create_batch(11, name="红星厂")
    assert testing.flush_index() == outbox.Flushed(written=11, removed=0, left=0)
    assert queries.search_documents("红星").total == 11


def test_rebuild_equals_incremental(index):
    firms = EmployerFactory.create_batch(5)
    OrgUnitFactory(name="市总工会")
    testing.flush_index()
    firms[0].name = "改名厂"
    firms[0].save()
    firms[1].delete()
    testing.flush_index()
    incremental = index.stamps()
    assert outbox.rebuild_search_index() == len(incremental) == 5
    assert index.stamps() == incremental
    assert titles("改名") == ["改名厂"]


def test_rebuild_reads_in_batches_and_misses_none(index, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 3)
    EmployerFactory.create_batch(10)
    assert outbox.rebuild_search_index() == 10
    assert len(index.stamps()) == 10


def test_failed_rebuild_leaves_the_index_in_use(index, monkeypatch):
    EmployerFactory(name="红星机械厂")
    testing.flush_index()

    def breaks():
        yield []
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.rebuild(breaks)
    assert titles("红星") == ["红星机械厂"]
    assert outbox.rebuild_search_index() == 1


def test_faulty_row_is_left_out_and_stops_no_other(index, monkeypatch):
    good, bad = EmployerFactory(name="好厂"), EmployerFactory(name="坏厂")
    document = registry.get_registered_document("firm")
    real = document.title
    monkeypatch.setattr(document, "title", lambda row: real(row) if row.pk == good.pk else 1 / 0)
    testing.flush_index()
    assert (titles("好厂"), titles("坏厂"), notes()) == (["好厂"], [], [])
    assert bad.pk


def test_kind_no_longer_registered_is_taken_out(index):
    EmployerFactory(name="红星机械厂")
    testing.flush_index()
    held = registry.get_registered_document("firm")
    registry.unregister_document("firm")
    outbox.queue_document_keys([("firm", Employer.objects.get().pk)])
    testing.flush_index()
    registry.register_document(type(held))
    assert titles("红星") == []


def test_watched_model_notes_the_documents_it_changes(index):
    class Watching(Document):
        kind = "watching"
        label = "联"
        model = "org.OrgUnit"
        watches = {"org.Employer": lambda firm: firm.unions.all()}

    registry.register_document(Watching)
    try:
        union, firm = OrgUnitFactory(), EmployerFactory()
        firm.unions.add(union)
        Pending.objects.all().delete()
        firm.save()
        assert notes() == [("firm", str(firm.pk)), ("watching", str(union.pk))]
    finally:
        registry.unregister_document("watching")
    Pending.objects.all().delete()
    firm.save()
    assert notes() == [("firm", str(firm.pk))]


def test_second_class_of_one_kind_is_refused(index):
    class Other(Document):
        kind = "firm"
        label = "另"
        model = "org.Employer"

    with pytest.raises(ValueError, match="firm"):
        registry.register_document(Other)


def test_withdrawn_row_is_out_of_the_results_before_the_flush(index):
    firm = EmployerFactory(name="红星机械厂")
    testing.flush_index()
    firm.delete()
    found = queries.search_documents("红星")
    assert (found.hits, found.total) == ((), 0)


def test_changed_row_is_shown_as_it_is_before_the_flush(index):
    firm = EmployerFactory(name="红星机械厂")
    testing.flush_index()
    firm.name = "红星重工"
    firm.save()
    assert titles("红星") == ["红星重工"]


def test_check_index_tells_and_repairs_drift(index):
    kept, changed = EmployerFactory(name="甲"), EmployerFactory(name="乙")
    testing.flush_index()
    out = StringIO()
    call_command("check_index", stdout=out)
    assert out.getvalue() == "The index agrees with the database.\n"

    Employer.objects.filter(pk=changed.pk).update(name="丙")
    missing = Employer.objects.bulk_create([Employer(name="丁")])[0]
    Employer.objects.filter(pk=kept.pk)._raw_delete("default")
    expected = outbox.IndexDrift(
        missing=(f"firm:{missing.pk}",), surplus=(f"firm:{kept.pk}",), stale=(f"firm:{changed.pk}",)
    )
    assert outbox.compare_index() == expected
    with pytest.raises(CommandError, match="differs"):
        call_command("check_index", stdout=StringIO())
    call_command("check_index", "--repair", stdout=StringIO())
    testing.flush_index()
    assert outbox.compare_index() == outbox.IndexDrift()


def test_rebuild_index_command_tells_the_count(index):
    EmployerFactory.create_batch(2)
    out = StringIO()
    call_command("rebuild_index", stdout=out)
    assert out.getvalue() == f"2 documents in the {index.name} index.\n"
    assert notes() == []


def test_sweeper_asks_for_old_notes_only(index):
    assert outbox.is_flush_overdue() is False
    EmployerFactory()
    assert outbox.is_flush_overdue() is False
    Pending.objects.update(touched_at="2020-01-01T00:00Z")
    assert outbox.is_flush_overdue() is True


def test_index_of_another_version_is_rebuilt_by_the_next_flush(index, monkeypatch):
    EmployerFactory(name="红星机械厂")
    testing.flush_index()
    kind = type(index).__module__
    monkeypatch.setattr(f"{kind}.SCHEMA_VERSION", 99)
    monkeypatch.setattr(outbox, "SCHEMA_VERSION", 99)
    EmployerFactory(name="蓝天机械厂")
    testing.flush_index()
    assert index.version() == 99
    assert titles("机械") == ["红星机械厂", "蓝天机械厂"] or len(titles("机械")) == 2


def test_second_writer_is_told_busy_and_the_notes_stay(index):
    if index.name != "tantivy":
        pytest.skip("Elasticsearch takes many writers")
    EmployerFactory(name="红星机械厂")
    ready, done = multiprocessing.Event(), multiprocessing.Event()

    def hold(path):
        with path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            ready.set()
            done.wait(30)

    other = multiprocessing.Process(target=hold, args=(index.folder / "write.lock",), daemon=True)
    other.start()
    assert ready.wait(30)
    with pytest.raises(EngineBusy):
        testing.flush_index()
    with pytest.raises(EngineBusy):
        outbox.rebuild_search_index()
    with pytest.raises(CommandError, match="Another process"):
        call_command("rebuild_index", stdout=StringIO())
    assert (tasks.flush(), len(notes())) == (0, 1)
    assert titles("红星") == []
    other.kill()  # as a crash would: the lock is free at once
    other.join()
    assert tasks.flush() == 1
    assert titles("红星") == ["红星机械厂"]


def test_index_never_built_finds_nothing_and_damage_is_down(index, tmp_path):
    if index.name != "tantivy":
        pytest.skip("no files of ours to damage")
    from search.engines.tantivy import TantivyEngine

    fresh = TantivyEngine(tmp_path / "nowhere")
    assert (fresh.version(), fresh.stamps()) == (None, {})
    EmployerFactory(name="红星机械厂")
    testing.flush_index()
    index.close()
    for file in index.folder.glob("index-*/meta.json"):
        file.write_text("{")
    with pytest.raises(EngineDown):
        queries.search_documents("红星")
    assert outbox.rebuild_search_index() == 1
    assert titles("红星") == ["红星机械厂"]


def test_older_reading_never_replaces_a_newer_one(index):
    if index.name != "elasticsearch":
        pytest.skip("Tantivy has one writer at a time")
    firm = EmployerFactory(name="旧厂")
    old, _gone = outbox.read_documents([("firm", str(firm.pk))])
    firm.name = "新厂"
    firm.save()
    new, _gone = outbox.read_documents([("firm", str(firm.pk))])
    index.write(new, [], version=20)
    index.write(old, [], version=10)
    assert index.stamps() == {new[0].id: new[0].stamp}
    index.write([], [new[0].id], version=30)
    index.write(new, [], version=20)
    assert index.stamps() == {}


def test_flush_during_a_rebuild_reaches_the_new_index(index):
    """Elasticsearch writes to both; Tantivy's writer waits, its note stays and is flushed
    afterwards.
    """
    firm = EmployerFactory(name="旧厂")
    testing.flush_index()

    def batches():
        yield outbox.build_documents(
            registry.get_registered_document("firm"), Employer.objects.all()
        )
        Employer.objects.filter(pk=firm.pk).update(name="新厂")
        search.queue_reindexing(firm)
        tasks.flush()

    index.rebuild(batches)
    tasks.flush()
    assert (titles("新厂"), titles("旧厂")) == (["新厂"], [])


def test_union_documents_are_read_with_few_queries(index, django_assert_max_num_queries):
    OrgUnitFactory.create_batch(5)
    with django_assert_max_num_queries(20):
        testing.flush_index()
    assert OrgUnit.objects.count() >= 5
