from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "parindex_web.steering"
