"""Addresses of batches."""

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("office/jobs/", views.job_list, name="list"),
    path("office/jobs/<uuid:public_id>/", views.job_detail, name="detail"),
    path("office/jobs/<uuid:public_id>/progress/", views.job_progress, name="progress"),
    path("office/jobs/<uuid:public_id>/pause/", views.job_pause, name="pause"),
    path("office/jobs/<uuid:public_id>/resume/", views.job_resume, name="resume"),
    path("office/jobs/<uuid:public_id>/retry/", views.job_retry, name="retry"),
]
