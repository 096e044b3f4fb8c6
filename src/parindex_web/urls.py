"""Every address of the application."""

from __future__ import annotations

from django.urls import include, path

from parindex_web.steering import home, record

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", home.language_chosen, name="language"),
    path("accounts/", include("parindex_web.accounts.urls")),
    path("people/", include("parindex_web.people.urls")),
    path("editions/<str:edition>/units/<str:unit>/", include("parindex_web.collect.urls")),
    path("editions/<str:edition>/appraisal/", include("parindex_web.appraise.urls")),
    path("editions/<str:edition>/results/", include("parindex_web.results.urls")),
    path("editions/<str:edition>/record/", record.record, name="record"),
    path("editions/<str:edition>/record/export/", record.export, name="record_export"),
    path("editions/<str:edition>/record/heads.csv", record.heads, name="record_heads"),
    path("editions/<str:edition>/record/units/<str:unit>/lines/<str:node>/", record.line, name="record_line"),
    path("editions/", include("parindex_web.steering.urls")),
]

handler400 = "parindex_web.pages.errors.bad_request"
handler403 = "parindex_web.pages.errors.refused"
handler404 = "parindex_web.pages.errors.not_found"
handler500 = "parindex_web.pages.errors.broken"
handler429 = "parindex_web.pages.errors.too_many"
