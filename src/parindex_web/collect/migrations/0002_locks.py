"""What the database refuses by itself: see `parindex_web.triggers`."""

from django.db import migrations

from parindex_web.editions.moves import LINE_MOVES, pairs
from parindex_web.triggers import append_only, only_moves, refuse


class Migration(migrations.Migration):
    dependencies = [("collect", "0001_initial"), ("editions", "0002_locks")]

    operations = [
        *append_only("collect_lineversion"),
        *only_moves("collect_line", "standing", pairs(LINE_MOVES)),
        refuse("collect_line_no_delete", "collect_line", on="DELETE", says="lines are kept"),
        refuse(
            "collect_line_locked",
            "collect_line",
            on="UPDATE",
            when="(SELECT standing FROM editions_unitfile WHERE id = NEW.unit_file_id) <> 'draft'",
            says="the file of the unit is locked",
        ),
        refuse(
            "collect_citation_locked",
            "collect_citation",
            on="INSERT",
            when="(SELECT f.standing FROM editions_unitfile f JOIN collect_line l ON l.unit_file_id = f.id "
            "WHERE l.id = NEW.line_id) <> 'draft'",
            says="the file of the unit is locked",
        ),
        refuse(
            "collect_citation_kept",
            "collect_citation",
            on="DELETE",
            when="(SELECT f.standing FROM editions_unitfile f JOIN collect_line l ON l.unit_file_id = f.id "
            "WHERE l.id = OLD.line_id) <> 'draft'",
            says="the file of the unit is locked",
        ),
    ]
