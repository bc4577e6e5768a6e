"""Addresses of the union office: tree, people, imports."""

from django.urls import path

from office import views

app_name = "office"
urlpatterns = [
    path("office/unions/", views.unit_tree, name="tree"),
    path("office/people/", views.people, name="people"),
    path("office/imports/", views.import_list, name="imports"),
    path("office/imports/new/", views.import_new, name="import_new"),
    path("office/imports/template/<str:kind>/", views.import_template, name="import_template"),
    path("office/imports/<uuid:public_id>/", views.import_detail, name="import_detail"),
    path("office/imports/<uuid:public_id>/errors/", views.import_errors, name="import_errors"),
    path("office/imports/<uuid:public_id>/apply/", views.import_apply, name="import_apply"),
    path("office/imports/<uuid:public_id>/discard/", views.import_discard, name="import_discard"),
]
