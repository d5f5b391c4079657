from . import (
    base_partner_merge,
    collections_case_stage,
    collections_interaction_log,
    collections_journal_followup,
    collections_journal_followup_line,
    collections_settings,
)
