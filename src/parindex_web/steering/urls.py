from __future__ import annotations

from django.urls import path

from parindex_web.steering import views

urlpatterns = [
    path("<str:edition>/", views.dashboard, name="edition"),
    path("<str:edition>/move/", views.move, name="edition_move"),
    path("<str:edition>/deadlines/", views.deadlines, name="edition_deadlines"),
    path("<str:edition>/units/<str:unit>/extend/", views.extend_unit, name="unit_extend"),
]
