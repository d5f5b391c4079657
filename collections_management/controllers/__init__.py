from . import (
    collections_evidence,
    collections_opt_out,
    collections_slip,
    collections_statement,
)
