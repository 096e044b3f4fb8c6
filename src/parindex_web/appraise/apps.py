from django.apps import AppConfig


class AppraiseConfig(AppConfig):
    name = "parindex_web.appraise"
