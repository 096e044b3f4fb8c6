"""What the database refuses by itself: see `parindex_web.triggers`."""

from django.db import migrations

from parindex_web.editions.moves import EDITION_MOVES, UNIT_MOVES, pairs
from parindex_web.triggers import append_only, only_moves


class Migration(migrations.Migration):
    dependencies = [("editions", "0001_initial")]

    operations = [
        *only_moves("editions_edition", "stage", pairs(EDITION_MOVES)),
        *only_moves("editions_unitfile", "standing", pairs(UNIT_MOVES)),
        *append_only("editions_extension"),
        *append_only("editions_editionfile"),
    ]
