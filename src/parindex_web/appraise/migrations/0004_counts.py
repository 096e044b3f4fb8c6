"""What records say beside what units claim."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appraise", "0003_second_markers_and_sessions"), ("collect", "0002_locks")]

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("input", models.CharField(max_length=60)),
                ("value", models.CharField(blank=True, max_length=60)),
                ("measure", models.CharField(max_length=120)),
                ("records", models.PositiveBigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="collect.line"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("line", "input"), name="count_once")]},
        ),
    ]
