"""What the database refuses by itself: see `parindex_web.triggers`."""

from django.db import migrations

from parindex_web.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        *append_only("audit_event"),
    ]
