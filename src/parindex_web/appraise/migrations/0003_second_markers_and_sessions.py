"""Blind second markers, who presides over a session, and what stands fast once a vote or session is closed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from parindex_web.triggers import append_only, refuse, undone

FINDING_LOCKS = [
    *append_only("appraise_finding"),
    refuse(
        "appraise_finding_round",
        "appraise_finding",
        on="INSERT",
        when="(SELECT f.standing FROM editions_unitfile f JOIN collect_line l ON l.unit_file_id = f.id "
        "WHERE l.id = NEW.line_id) <> CASE NEW.round WHEN 'appraisal_1' THEN 'signed' "
        "WHEN 'appraisal_2' THEN 'explained' ELSE 'appraised_2' END",
        says="the round is not open",
    ),
]

PERSON = settings.AUTH_USER_MODEL
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("appraise", "0002_locks"),
        ("collect", "0002_locks"),
        ("editions", "0002_locks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite makes a table anew to change its constraints; its triggers would be lost in silence.
        *undone(FINDING_LOCKS),
        migrations.CreateModel(
            name="BlindMarking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("node", models.CharField(blank=True, max_length=30)),
                ("edition", models.ForeignKey(on_delete=PROTECT, related_name="blind", to="editions.edition")),
            ],
        ),
        migrations.CreateModel(
            name="SecondMarker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(blank=True, max_length=30)),
                ("domains", models.JSONField(default=list)),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("edition", models.ForeignKey(on_delete=PROTECT, related_name="second_markers", to="editions.edition")),
                ("person", models.ForeignKey(on_delete=PROTECT, related_name="second_marking", to=PERSON)),
            ],
        ),
        migrations.AddConstraint(
            model_name="blindmarking",
            constraint=models.UniqueConstraint(fields=("edition", "node"), name="blind_once"),
        ),
        migrations.AddConstraint(
            model_name="secondmarker",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("edition", "person", "unit"), name="second_marker_once"
            ),
        ),
        migrations.RemoveConstraint(model_name="finding", name="finding_marker"),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(condition=models.Q(("marker__in", (1, 2, 3))), name="finding_marker"),
        ),
        migrations.AddField(
            model_name="session",
            name="chair",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON),
        ),
        migrations.AddField(
            model_name="session",
            name="secretary",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON),
        ),
        migrations.AlterField(
            model_name="attendance",
            name="way",
            field=models.CharField(
                choices=[("room", "có mặt"), ("writing", "bằng văn bản"), ("absent", "vắng")], max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ("room", "writing", "absent"))), name="attendance_way"
            ),
        ),
        *FINDING_LOCKS,
        refuse(
            "appraise_motion_closed",
            "appraise_motion",
            on="UPDATE",
            when="OLD.closed_at IS NOT NULL",
            says="the vote on this motion is closed",
        ),
        refuse("appraise_motion_kept", "appraise_motion", on="DELETE", says="motions stay on record"),
        refuse(
            "appraise_vote_closed",
            "appraise_vote",
            on="INSERT",
            when="(SELECT m.closed_at FROM appraise_motion m WHERE m.id = NEW.motion_id) IS NOT NULL",
            says="the vote on this motion is closed",
        ),
        refuse(
            "appraise_session_closed",
            "appraise_session",
            on="UPDATE",
            when="OLD.closed_at IS NOT NULL",
            says="the session is closed",
        ),
        *[
            refuse(
                f"appraise_attendance_closed_{on.lower()}",
                "appraise_attendance",
                on=on,
                when=f"(SELECT s.closed_at FROM appraise_session s WHERE s.id = {row}.session_id) IS NOT NULL",
                says="the session is closed",
            )
            for on, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
        ],
        refuse(
            "editions_edition_decided",
            "editions_edition",
            on="UPDATE",
            when="OLD.stage = 'council' AND NEW.stage = 'decided' AND NOT EXISTS (SELECT 1 FROM appraise_motion m "
            "JOIN appraise_session s ON m.session_id = s.id "
            "WHERE s.edition_id = NEW.id AND m.line_id IS NULL AND m.carried)",
            says="the council has not carried the whole result",
        ),
    ]
