"""How the digest of a signed paper was learnt, and what its digital signatures were worth when it was handed in."""

import django.db.models.deletion
from django.db import migrations, models

from parindex_web.triggers import append_only, undone

PAPER_LOCKS = append_only("collect_signedpaper")


class Migration(migrations.Migration):
    dependencies = [("collect", "0004_document_locks")]

    operations = [
        # SQLite makes a table anew to change its constraints; its triggers would be lost in silence.
        *undone(PAPER_LOCKS),
        migrations.AddField(
            model_name="signedpaper",
            name="read_from",
            field=models.CharField(blank=True, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="signedpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(("read_from__in", ["", "metadata", "code", "typed"])), name="signed_paper_read_from"
            ),
        ),
        *PAPER_LOCKS,
        migrations.CreateModel(
            name="PaperSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(blank=True, max_length=200)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("issuer", models.CharField(blank=True, max_length=200)),
                ("serial", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField(null=True)),
                ("time_from", models.CharField(blank=True, max_length=15)),
                ("trust", models.CharField(max_length=10)),
                ("revocation", models.CharField(max_length=10)),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="collect.signedpaper",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("paper", "number"), name="paper_signature_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("signed_at__isnull", False), ("time_from__in", ["claim", "stamp", "stamp_unknown"])
                            ),
                            models.Q(("signed_at__isnull", True), ("time_from", "")),
                            _connector="OR",
                        ),
                        name="paper_signature_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trust__in", ["trusted", "lapsed", "unknown", "self", "unfit", "unchecked"])
                        ),
                        name="paper_signature_trust",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revocation__in", ["good", "unknown"])), name="paper_signature_revocation"
                    ),
                ],
            },
        ),
        *append_only("collect_papersignature"),
    ]
