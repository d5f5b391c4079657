"""When a customer may be contacted, by consent and law; the log of contacts."""

from . import (
    collections_case_consent,
    collections_case_contact,
    collections_case_manual,
    collections_consent,
    collections_contact,
    collections_contact_holiday,
    collections_contact_rule_view,
    collections_contact_rule,
    collections_contact_rule_window,
    collections_contact_words,
    collections_delay_reason,
    collections_erasure,
    collections_evidence,
    collections_history,
    collections_history_words,
    collections_interaction_delay,
    collections_interaction_imported,
    collections_interaction_undo,
    collections_interaction,
    collections_interaction_result,
)
