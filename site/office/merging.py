"""What merging two persons does to the rows of imports."""

from django.utils.translation import gettext_lazy as _

from people.merging import leave, plain

plain("office.StagedRow", ["person"], _("rows waiting to be taken over"))
# Undoing an import concerns the record it made: after a merge that is a tombstone, and it stays.
leave("office.TakenRow", ["person"], _("rows taken over"))
