"""Route everybody's own page."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/record/", views.record, name="record"),
    path("me/record.xlsx", views.record_workbook, name="record_workbook"),
    path("me/calendar/<slug:key>.ics", views.calendar, name="calendar"),
]
