from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "parindex_web.people"

    def ready(self) -> None:
        from parindex_web.people import signals

        signals.connect()
