from . import (
    collections_reporting,
    collections_aging,
    collections_aging_glossary,
    collections_aging_xlsx,
)
