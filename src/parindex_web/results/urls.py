from __future__ import annotations

from django.urls import path

from parindex_web.results import publishing_views, rounds_views, views

urlpatterns = [
    path("", views.results, name="results"),
    path("compute/", views.compute, name="results_compute"),
    path("publish/", publishing_views.publish, name="results_publish"),
    path("published/", publishing_views.published, name="published"),
    path("edition.zip", publishing_views.edition_zip, name="edition_zip"),
    path("publications/<int:version>.zip", publishing_views.publication_zip, name="publication_zip"),
    path("computations/<int:number>/", views.computation, name="computation"),
    path("computations/<int:number>/changes.csv", views.changes_csv, name="changes_csv"),
    path("computations/<int:number>/rounds/", rounds_views.rounds, name="rounds"),
    path("computations/<int:number>/rounds.csv", rounds_views.rounds_csv, name="rounds_csv"),
]
