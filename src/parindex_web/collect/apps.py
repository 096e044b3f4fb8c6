from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "parindex_web.collect"
