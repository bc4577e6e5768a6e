"""Define our own look-ups for filters."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Field, Lookup


class Among(Lookup):
    """Let `field__among=values` mean what `in` means, with all values in one parameter.

    `in` makes a parameter of each value, and preparing some hundred of them takes longer than the
    database takes to find the rows. PostgreSQL gets an array, SQLite a JSON list. For a relation
    name its target: `person__pk__among`. None is never among.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the values as one parameter."""
        field: Any = self.lhs.output_field
        field = getattr(field, "target_field", field)
        values = [
            one if one.__class__ is int else field.get_db_prep_value(one, connection)
            for one in value
            if one is not None
        ]
        if connection.vendor == "postgresql":
            kind = str(field.rel_db_type(connection))
            # A cast to `varchar(n)` would cut longer values, which then match what they aren't.
            return f"ANY(%s::{'text' if kind.startswith('varchar') else kind}[])", (values,)
        return "(SELECT value FROM json_each(%s))", (json.dumps(values),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.get_db_prep_lookup(self.rhs, connection)
        return f"{left} {'=' if connection.vendor == 'postgresql' else 'IN'} {right}", (
            *left_params,
            *right_params,
        )


Field.register_lookup(Among)
