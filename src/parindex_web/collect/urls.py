from __future__ import annotations

from django.urls import path

from parindex_web.collect import views

urlpatterns = [
    path("", views.unit, name="unit"),
    path("domains/<str:domain>/", views.domain, name="unit_domain"),
    path("lines/<str:node>/save/", views.save, name="line_save"),
    path("lines/<str:node>/move/", views.line_move, name="line_move"),
    path("lines/<str:node>/history/", views.history, name="line_history"),
    path("consolidate/", views.consolidate, name="unit_consolidate"),
    path("return/", views.return_unit, name="unit_return"),
    path("sign/", views.sign, name="unit_sign"),
]
