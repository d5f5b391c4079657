from . import (
    collections_dossier,
    collections_evidence,
    collections_history,
    collections_opt_out,
    collections_portal,
    collections_portal_payment,
    collections_slip,
    collections_statement,
)
