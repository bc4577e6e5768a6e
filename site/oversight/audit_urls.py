"""Addresses of the audit administrator's desk."""

from django.urls import path

from oversight.views import audit, audit_integrity

urlpatterns = [
    path("oversight/audit/", audit.search_audit_record, name="audit"),
    path("oversight/audit/rows/<int:number>/", audit.show_audit_event, name="audit_row"),
    path("oversight/audit/export/", audit.export_audit_events, name="audit_export"),
    path("oversight/audit/exports/", audit.show_audit_exports, name="audit_exports"),
    path(
        "oversight/audit/exports/<uuid:public_id>/",
        audit.download_audit_export,
        name="audit_export_file",
    ),
    path("oversight/audit/statistics/", audit.show_audit_statistics, name="audit_statistics"),
    path("oversight/audit/integrity/", audit_integrity.show_integrity, name="audit_integrity"),
    path(
        "oversight/audit/integrity/check/",
        audit_integrity.start_integrity_check,
        name="audit_check",
    ),
    path("oversight/audit/integrity/head/", audit_integrity.show_chain_head, name="audit_head"),
]
