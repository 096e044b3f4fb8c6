from __future__ import annotations

from django.urls import path

from parindex_web.appraise import council_views, marking_views, views

urlpatterns = [
    path("", views.queue, name="appraisal"),
    path("next/", views.next_line, name="appraisal_next"),
    path("reasons/", views.reasons, name="reasons"),
    path("reasons/<int:reason>/drop/", views.reason_drop, name="reason_drop"),
    path("agreement/", marking_views.agreement_page, name="agreement"),
    path("agreement/differences.csv", marking_views.differences_csv, name="agreement_csv"),
    path("agreement/blind/", marking_views.blind, name="blind_set"),
    path("agreement/second-markers/", marking_views.second_marker, name="second_marker"),
    path("agreement/second-markers/<int:duty>/end/", marking_views.second_marker_end, name="second_marker_end"),
    path("units/<str:unit>/", views.unit_lines, name="appraisal_unit"),
    path("units/<str:unit>/close/", views.close, name="appraisal_close"),
    path("units/<str:unit>/explained/", views.explained, name="explaining_close"),
    path("units/<str:unit>/lines/<str:node>/", views.line_page, name="appraisal_line"),
    path("units/<str:unit>/lines/<str:node>/find/", views.find, name="line_find"),
    path("units/<str:unit>/lines/<str:node>/explain/", views.explain, name="line_explain"),
    path("council/", council_views.council, name="council"),
    path("council/convene/", council_views.convene, name="council_convene"),
    path("council/sessions/<int:number>/attendance/", council_views.attend, name="council_attend"),
    path("council/sessions/<int:number>/end/", council_views.end, name="council_end"),
    path("council/sessions/<int:number>/minutes.docx", council_views.minutes, name="council_minutes"),
    path("council/sessions/<int:number>/reading-copy.docx", council_views.reading_copy, name="council_reading_copy"),
    path("council/sessions/<int:number>/motions/", council_views.propose, name="council_propose"),
    path("council/motions/<int:motion>/vote/", council_views.vote, name="council_vote"),
    path("council/motions/<int:motion>/close/", council_views.close_motion, name="council_close"),
]
