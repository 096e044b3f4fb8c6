from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "parindex_web.accounts"
