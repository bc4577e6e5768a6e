"""Route everybody's own page."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("me/", views.show_own_page, name="me"),
    path("me/record/", views.show_own_record, name="record"),
    path("me/record.xlsx", views.record_workbook, name="record_workbook"),
    path("me/calendar/<slug:key>.ics", views.download_calendar_entry, name="calendar"),
]
