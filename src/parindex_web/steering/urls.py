from __future__ import annotations

from django.urls import path

from parindex_web.steering import calendar_views, framework_views, progress_views, views

urlpatterns = [
    path("new/", views.new_edition, name="new_edition"),
    path("<str:edition>/", progress_views.dashboard, name="edition"),
    path("<str:edition>/progress.csv", progress_views.dashboard_csv, name="edition_csv"),
    path("<str:edition>/calendar/", calendar_views.calendar, name="calendar"),
    path("<str:edition>/framework/", framework_views.framework_start, name="framework_start"),
    path("<str:edition>/framework/<str:unit_list>/<str:domain>/", framework_views.framework, name="framework"),
    path("<str:edition>/move/", views.move, name="edition_move"),
    path("<str:edition>/deadlines/", calendar_views.deadlines, name="edition_deadlines"),
    path("<str:edition>/extend/", calendar_views.extend_unit, name="edition_extend"),
]
