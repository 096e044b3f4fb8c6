"""What else the database refuses by itself: rows that are kept are neither replaced, emptied nor bent in place.

It stands in the last app, because it looks at the tables of all.
"""

from django.db import migrations

from parindex_web.triggers import never_emptied, never_replaced, refuse, same

KEPT = (
    ("audit_chain", ("edition", "unit")),
    ("audit_event", ("chain_id", "position")),
    ("collect_lineversion", ("line_id", "version"), ("key",)),
    ("collect_signedpaper", ("stored_as",)),
    ("collect_papersignature", ("paper_id", "number")),
    ("collect_evidencefile", ("unit_file_id", "number"), ("stored_as",)),
    ("collect_line", ("unit_file_id", "node")),
    ("appraise_finding",),
    ("appraise_explanation",),
    ("appraise_vote",),
    ("appraise_motion", ("session_id", "number")),
    ("appraise_session", ("edition_id", "number")),
    ("editions_edition", ("code",)),
    ("editions_editionfile", ("edition_id", "name")),
    ("editions_unitfile", ("edition_id", "unit")),
    ("editions_extension",),
    ("results_publication", ("edition_id", "version")),
    ("results_computation", ("edition_id", "number")),
    ("results_freezing",),
    ("accounts_duty",),
)
"""Tables whose rows are kept, with the columns that are unique together."""

_STANDING_OF_LINE = (
    "(SELECT f.standing FROM editions_unitfile f JOIN collect_line l ON l.unit_file_id = f.id WHERE l.id = NEW.line_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0004_freezing"),
        ("accounts", "0003_locks"),
        ("appraise", "0004_counts"),
        ("audit", "0002_locks"),
        ("collect", "0005_paper_signatures"),
        ("editions", "0002_locks"),
    ]

    operations = [
        *[never_emptied(table) for table, *_ in KEPT],
        *[never_replaced(table, *unique) for table, *unique in KEPT],
        # --- the record
        refuse("audit_chain_kept", "audit_chain", on="DELETE", says="chains are kept"),
        refuse(
            "audit_chain_grows",
            "audit_chain",
            on="UPDATE",
            when="NEW.edition <> OLD.edition OR NEW.unit <> OLD.unit OR NEW.length <> OLD.length + 1",
            says="a chain grows by one event",
        ),
        refuse(
            "audit_event_next",
            "audit_event",
            on="INSERT",
            when="NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.id = NEW.chain_id "
            "AND c.length + 1 = NEW.position AND c.head = NEW.previous)",
            says="an event follows the last of its chain",
        ),
        # --- editions
        same(
            "editions_edition_same",
            "editions_edition",
            ("code", "programme", "year", "name_vi", "name_en", "simulated", "digest", "created_at"),
            says="of an edition only its stage is changed",
        ),
        refuse("editions_edition_kept", "editions_edition", on="DELETE", says="editions are kept"),
        refuse("editions_deadline_kept", "editions_deadline", on="DELETE", says="deadlines are moved, not taken away"),
        same(
            "editions_unitfile_same",
            "editions_unitfile",
            ("edition_id", "unit_list", "unit", "name_vi", "name_en", "order"),
            says="the file stays that of its unit",
        ),
        refuse("editions_unitfile_kept", "editions_unitfile", on="DELETE", says="files of units are kept"),
        same(
            "editions_unitfile_signed",
            "editions_unitfile",
            ("signed_digest",),
            when="OLD.standing <> 'consolidated'",
            says="the digest of a signed file stays",
        ),
        # --- self-assessment
        same(
            "collect_line_same",
            "collect_line",
            ("unit_file_id", "node", "domain", "order"),
            says="a line stays where it stands",
        ),
        refuse(
            "collect_lineversion_open",
            "collect_lineversion",
            on="INSERT",
            when=f"{_STANDING_OF_LINE} <> 'draft'",
            says="the file of the unit is locked",
        ),
        refuse("collect_citation_same", "collect_citation", on="UPDATE", says="citations are made anew, not changed"),
        same(
            "collect_document_same",
            "collect_evidencefile",
            ("file_name", "media_type", "size", "uploaded_at", "uploaded_by_id"),
            says="the content of a document stays",
        ),
        refuse(
            "collect_document_removed",
            "collect_evidencefile",
            on="UPDATE",
            when="(OLD.removed_at IS NOT NULL AND (NEW.removed_at IS NULL OR NEW.removed_at <> OLD.removed_at)) "
            "OR (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL "
            "AND (SELECT standing FROM editions_unitfile WHERE id = NEW.unit_file_id) <> 'draft')",
            says="documents are taken out of a draft only",
        ),
        refuse(
            "collect_document_described",
            "collect_evidencefile",
            on="UPDATE",
            when="(SELECT standing FROM editions_unitfile WHERE id = NEW.unit_file_id) <> 'draft' "
            "AND EXISTS (SELECT 1 FROM collect_citation WHERE document_id = NEW.id)",
            says="a document of a signed file stays as it was signed",
        ),
        # --- council
        same(
            "appraise_motion_same",
            "appraise_motion",
            ("session_id", "number", "text", "values"),
            says="a motion stays as it was put",
        ),
        refuse(
            "appraise_motion_line",
            "appraise_motion",
            on="UPDATE",
            when="COALESCE(OLD.line_id, 0) <> COALESCE(NEW.line_id, 0) "
            "OR COALESCE(OLD.points, -1) <> COALESCE(NEW.points, -1)",
            says="a motion stays as it was put",
        ),
        refuse(
            "appraise_motion_session",
            "appraise_motion",
            on="INSERT",
            when="(SELECT s.closed_at FROM appraise_session s WHERE s.id = NEW.session_id) IS NOT NULL",
            says="the session is closed",
        ),
        same(
            "appraise_session_same",
            "appraise_session",
            ("edition_id", "number", "held_on", "members", "in_writing"),
            says="a session stays as it was convened",
        ),
        refuse("appraise_session_kept", "appraise_session", on="DELETE", says="sessions stay on record"),
        # --- results
        refuse(
            "results_computation_done",
            "results_computation",
            on="UPDATE",
            when="OLD.state = 'done'",
            says="a finished computation stays",
        ),
        refuse("results_computation_kept", "results_computation", on="DELETE", says="computations are kept"),
    ]
