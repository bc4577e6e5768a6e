"""Route the addresses of search."""

from django.urls import path

from search import views

app_name = "search"
urlpatterns = [path("search/", views.show_search_results, name="results")]
