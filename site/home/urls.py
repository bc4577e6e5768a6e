"""Everybody's own page."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("me/", views.me, name="me"),
]
