from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "parindex_web.audit"
