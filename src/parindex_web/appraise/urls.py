from __future__ import annotations

from django.urls import path

from parindex_web.appraise import views

urlpatterns = [
    path("", views.queue, name="appraisal"),
    path("council/", views.council, name="council"),
]
