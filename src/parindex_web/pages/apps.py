from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "parindex_web.pages"
