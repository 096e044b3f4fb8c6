from __future__ import annotations

from django.urls import path

from parindex_web.collect import evidence_views, paper_views, views, workbook_views

urlpatterns = [
    path("", views.unit, name="unit"),
    path("domains/<str:domain>/", views.domain, name="unit_domain"),
    path("lines/", views.lines, name="unit_lines"),
    path("lines/move/", views.lines_move, name="unit_lines_move"),
    path("lines/<str:node>/save/", views.save, name="line_save"),
    path("lines/<str:node>/move/", views.line_move, name="line_move"),
    path("lines/<str:node>/history/", views.history, name="line_history"),
    path("consolidate/", views.consolidate, name="unit_consolidate"),
    path("return/", views.return_unit, name="unit_return"),
    path("sign/", views.sign, name="unit_sign"),
    path("evidence/", evidence_views.documents, name="unit_evidence"),
    path("evidence/describe/", evidence_views.describe, name="unit_evidence_describe"),
    path("evidence/<int:number>/", evidence_views.document, name="unit_document"),
    path("evidence/<int:number>/file/", evidence_views.download, name="unit_document_download"),
    path("evidence/<int:number>/look/", evidence_views.look, name="unit_document_look"),
    path("evidence/<int:number>/remove/", evidence_views.remove, name="unit_document_remove"),
    path("workbook/", workbook_views.workbook, name="unit_workbook"),
    path("workbook/take/", workbook_views.take, name="unit_workbook_take"),
    path("workbook/file/", workbook_views.download, name="unit_workbook_download"),
    path("paper/", paper_views.paper, name="unit_paper"),
    path("paper/pdf/", paper_views.as_pdf, name="unit_paper_pdf"),
    path("paper/word/", paper_views.as_word, name="unit_paper_word"),
    path("paper/signed/<int:pk>/", paper_views.signed, name="unit_paper_signed"),
]
