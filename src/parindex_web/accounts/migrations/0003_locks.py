"""What the database refuses by itself: see `parindex_web.triggers`."""

from django.db import migrations

from parindex_web.triggers import refuse


def _administers_and_scores(also: str = "") -> str:
    """Some other duty of the same person, holding on a common day, is on the other side of the administration."""
    return (
        "NEW.ended_at IS NULL AND EXISTS (SELECT 1 FROM accounts_duty d WHERE d.person_id = NEW.person_id "
        "AND d.ended_at IS NULL "
        "AND (d.valid_until IS NULL OR d.valid_until >= NEW.valid_from) "
        "AND (NEW.valid_until IS NULL OR d.valid_from <= NEW.valid_until) "
        "AND ((NEW.role = 'administrator' AND d.role NOT IN ('administrator', 'auditor')) "
        f"OR (d.role = 'administrator' AND NEW.role NOT IN ('administrator', 'auditor'))){also})"
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_and_sign_in")]

    operations = [
        refuse(
            "accounts_duty_apart",
            "accounts_duty",
            on="INSERT",
            when=_administers_and_scores(),
            says="an administrator has no other role",
        ),
        refuse(
            "accounts_duty_stays_apart",
            "accounts_duty",
            on="UPDATE",
            when=_administers_and_scores(" AND d.id <> OLD.id"),
            says="an administrator has no other role",
        ),
        refuse(
            "accounts_duty_same",
            "accounts_duty",
            on="UPDATE",
            when="NEW.person_id <> OLD.person_id OR NEW.role <> OLD.role OR NEW.edition <> OLD.edition "
            "OR NEW.unit <> OLD.unit OR NEW.domains <> OLD.domains OR NEW.valid_from <> OLD.valid_from "
            "OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at))",
            says="of a duty only its end is changed",
        ),
        refuse("accounts_duty_kept", "accounts_duty", on="DELETE", says="duties are kept"),
    ]
