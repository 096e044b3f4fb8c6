"""What the database refuses of documents and signed papers: see `parindex_web.triggers`."""

from django.db import migrations

from parindex_web.triggers import append_only, refuse

_OPEN = "(SELECT standing FROM editions_unitfile WHERE id = NEW.unit_file_id) NOT IN ('draft', 'explaining')"


class Migration(migrations.Migration):
    dependencies = [("collect", "0003_documents_and_papers"), ("editions", "0002_locks")]

    operations = [
        *append_only("collect_signedpaper"),
        refuse("collect_document_kept", "collect_evidencefile", on="DELETE", says="documents are kept"),
        refuse(
            "collect_document_late",
            "collect_evidencefile",
            on="INSERT",
            when=_OPEN,
            says="the file of the unit is locked",
        ),
        refuse(
            "collect_document_locked",
            "collect_evidencefile",
            on="UPDATE",
            when=_OPEN,
            says="the file of the unit is locked",
        ),
        refuse(
            "collect_document_content",
            "collect_evidencefile",
            on="UPDATE",
            when="NEW.sha256 <> OLD.sha256 OR NEW.stored_as <> OLD.stored_as OR NEW.number <> OLD.number "
            "OR NEW.unit_file_id <> OLD.unit_file_id",
            says="the content of a document stays",
        ),
        refuse(
            "collect_document_cited",
            "collect_evidencefile",
            on="UPDATE",
            when="NEW.removed_at IS NOT NULL AND EXISTS (SELECT 1 FROM collect_citation WHERE document_id = NEW.id)",
            says="a cited document stays",
        ),
        refuse(
            "collect_citation_removed",
            "collect_citation",
            on="INSERT",
            when="(SELECT removed_at FROM collect_evidencefile WHERE id = NEW.document_id) IS NOT NULL",
            says="the document was taken out",
        ),
    ]
