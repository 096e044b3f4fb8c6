from __future__ import annotations

from django.urls import path

from parindex_web.results import views

urlpatterns = [
    path("", views.results, name="results"),
    path("compute/", views.compute, name="results_compute"),
    path("publish/", views.publish, name="results_publish"),
    path("computations/<int:number>/", views.computation, name="computation"),
]
