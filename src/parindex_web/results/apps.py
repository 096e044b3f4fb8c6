from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "parindex_web.results"
