"""Operations that are timed at volume; catalogue needs no Odoo, the others do."""
