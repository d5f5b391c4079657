from . import (
    base_partner_merge,
    collections_case_hold,
    collections_case_stage,
    collections_case_stop,
    collections_case_why,
    collections_interaction_log,
    collections_journal_followup,
    collections_journal_followup_line,
    collections_policy_compare,
    collections_run_start,
    collections_settings,
    mail_compose_message,
)
