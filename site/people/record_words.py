"""Audit events of a merge in words.

They say which persons it was, which facts were taken from which record, and what moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.templatetags.craft import long_day
from core.text import mask_name
from people import merging

_NO_FIELDS = {merging.ACCOUNT: gettext_lazy("Account"), merging.UNION: gettext_lazy("Union")}


def name_persons(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return persons by primary key as “surname, recorded on a day”, with one query.

    That is enough to tell two records apart, and not a full name.
    """
    rows = apps.get_model("people.Person").objects.filter(
        pk__in=[one for one in ids if isinstance(one, int)]
    )
    return {
        row.pk: _("%(name)s, recorded on %(day)s")
        % {"name": mask_name(row.name), "day": long_day(row.created_at)}
        for row in rows.only("name", "created_at")
    }


def name_picks(keys: Iterable[Any]) -> Mapping[Any, str]:
    """Return in words what was chosen from a record.

    These are its facts, and the classes, competitions or honours that both records had.
    """
    model = apps.get_model("people.Person")
    fields = {field.name: str(field.verbose_name) for field in model._meta.fields} | {
        name: str(label) for name, label in _NO_FIELDS.items()
    }
    texts = [key for key in keys if isinstance(key, str)]
    return {key: fields[key] for key in texts if key in fields} | merging.titles_of(
        [key for key in texts if key not in fields]
    )


def count_rows(moved: Any) -> str:
    """Return how many rows of which kind moved, from `{"app.Model.field": number}`, in the order
    of the references.
    """
    if not isinstance(moved, dict):
        return str(moved)
    return say_counts(
        moved,
        {reference.key: str(reference.label) for reference in merging.list_person_references()},
    )


def say_counts(counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """Return *counts* in words, in the order of *labels*.

    Keys that have no label are counted together, last.
    """
    summed: dict[str, int] = {}
    for key in [
        *(key for key in labels if key in counts),
        *(key for key in counts if key not in labels),
    ]:
        label = labels.get(key, _("other records"))
        summed[label] = summed.get(label, 0) + counts[key]
    parts = [
        _("%(what)s: %(number)s") % {"what": label, "number": number}
        for label, number in summed.items()
    ]
    return pgettext("between facts", ", ").join(parts)
