from __future__ import annotations

from django.urls import path

from parindex_web.appraise import views

urlpatterns = [
    path("", views.queue, name="appraisal"),
    path("units/<str:unit>/", views.unit_lines, name="appraisal_unit"),
    path("units/<str:unit>/close/", views.close, name="appraisal_close"),
    path("units/<str:unit>/explained/", views.explained, name="explaining_close"),
    path("units/<str:unit>/lines/<str:node>/", views.line_page, name="appraisal_line"),
    path("units/<str:unit>/lines/<str:node>/find/", views.find, name="line_find"),
    path("units/<str:unit>/lines/<str:node>/explain/", views.explain, name="line_explain"),
    path("council/", views.council, name="council"),
    path("council/convene/", views.convene, name="council_convene"),
    path("council/sessions/<int:number>/motions/", views.propose, name="council_propose"),
    path("council/motions/<int:motion>/vote/", views.vote, name="council_vote"),
    path("council/motions/<int:motion>/close/", views.close_motion, name="council_close"),
]
