from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "parindex_web.steering"

    def ready(self) -> None:
        from parindex_web.steering import people_signals

        people_signals.connect()
