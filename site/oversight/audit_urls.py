"""Addresses of the audit administrator's desk."""

from django.urls import path

from oversight.views import audit, audit_integrity

urlpatterns = [
    path("oversight/audit/", audit.search, name="audit"),
    path("oversight/audit/rows/<int:number>/", audit.row, name="audit_row"),
    path("oversight/audit/export/", audit.export, name="audit_export"),
    path("oversight/audit/exports/", audit.exports, name="audit_exports"),
    path("oversight/audit/exports/<uuid:public_id>/", audit.export_file, name="audit_export_file"),
    path("oversight/audit/statistics/", audit.statistics, name="audit_statistics"),
    path("oversight/audit/integrity/", audit_integrity.integrity, name="audit_integrity"),
    path("oversight/audit/integrity/check/", audit_integrity.start_check, name="audit_check"),
    path("oversight/audit/integrity/head/", audit_integrity.head, name="audit_head"),
]
