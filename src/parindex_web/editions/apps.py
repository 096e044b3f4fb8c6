from django.apps import AppConfig


class EditionsConfig(AppConfig):
    name = "parindex_web.editions"
