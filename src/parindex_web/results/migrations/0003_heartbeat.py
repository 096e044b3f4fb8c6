"""When the worker last said that it lives."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("results", "0002_locks")]

    operations = [
        migrations.AddField(model_name="computation", name="beat_at", field=models.DateTimeField(null=True)),
    ]
