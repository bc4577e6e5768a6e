"""Addresses of the union office, for the tree, people and imports."""

from django.urls import path

from office import people_urls, units_urls
from office.views import imports

app_name = "office"
urlpatterns = [
    *units_urls.urlpatterns,
    *people_urls.urlpatterns,
    path("office/imports/", imports.import_list, name="imports"),
    path("office/imports/new/", imports.import_new, name="import_new"),
    path("office/imports/template/<str:kind>/", imports.import_template, name="import_template"),
    path("office/imports/<uuid:public_id>/", imports.import_detail, name="import_detail"),
    path("office/imports/<uuid:public_id>/columns/", imports.import_columns, name="import_columns"),
    path(
        "office/imports/<uuid:public_id>/progress/", imports.import_progress, name="import_progress"
    ),
    path(
        "office/imports/<uuid:public_id>/rows/<slug:what>/", imports.import_rows, name="import_rows"
    ),
    path("office/imports/<uuid:public_id>/unions/", imports.import_unions, name="import_unions"),
    path("office/imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("office/imports/<uuid:public_id>/errors/", imports.import_errors, name="import_errors"),
    path("office/imports/<uuid:public_id>/apply/", imports.import_apply, name="import_apply"),
    path("office/imports/<uuid:public_id>/discard/", imports.import_discard, name="import_discard"),
]
