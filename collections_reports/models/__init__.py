from . import (
    collections_reporting,
    collections_aging,
    collections_aging_glossary,
    collections_aging_screen,
    collections_aging_xlsx,
    collections_dashboard,
    collections_kpi,
    collections_kpi_facts,
    collections_kpi_glossary,
    collections_kpi_process,
    collections_risk,
)
