"""The customer's statement, on paper and as a workbook."""

from . import (
    collections_case_statement,
    collections_statement,
    collections_statement_pdf,
    collections_statement_xlsx,
)
