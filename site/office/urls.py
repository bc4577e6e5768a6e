"""Addresses of the union office: tree, people, imports."""

from django.urls import path

from office.views import imports, people, units

app_name = "office"
urlpatterns = [
    path("office/unions/", units.unit_tree, name="tree"),
    path("office/people/", people.people, name="people"),
    path("office/imports/", imports.import_list, name="imports"),
    path("office/imports/new/", imports.import_new, name="import_new"),
    path("office/imports/template/<str:kind>/", imports.import_template, name="import_template"),
    path("office/imports/<uuid:public_id>/", imports.import_detail, name="import_detail"),
    path("office/imports/<uuid:public_id>/errors/", imports.import_errors, name="import_errors"),
    path("office/imports/<uuid:public_id>/apply/", imports.import_apply, name="import_apply"),
    path("office/imports/<uuid:public_id>/discard/", imports.import_discard, name="import_discard"),
]
