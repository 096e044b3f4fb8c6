"""What the database refuses by itself: see `parindex_web.triggers`."""

from django.db import migrations

from parindex_web.triggers import append_only, refuse


class Migration(migrations.Migration):
    dependencies = [("appraise", "0001_initial"), ("collect", "0002_locks")]

    operations = [
        *append_only("appraise_finding"),
        *append_only("appraise_explanation"),
        *append_only("appraise_vote"),
        refuse(
            "appraise_finding_round",
            "appraise_finding",
            on="INSERT",
            when="(SELECT f.standing FROM editions_unitfile f JOIN collect_line l ON l.unit_file_id = f.id "
            "WHERE l.id = NEW.line_id) <> CASE NEW.round WHEN 'appraisal_1' THEN 'signed' "
            "WHEN 'appraisal_2' THEN 'explained' ELSE 'appraised_2' END",
            says="the round is not open",
        ),
        refuse(
            "appraise_explanation_open",
            "appraise_explanation",
            on="INSERT",
            when="(SELECT f.standing FROM editions_unitfile f JOIN collect_line l ON l.unit_file_id = f.id "
            "WHERE l.id = NEW.line_id) <> 'explaining'",
            says="explanations are not open",
        ),
    ]
