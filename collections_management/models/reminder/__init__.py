"""Reminders and the outbox that sends them, each once."""

from . import (
    collections_case_remind,
    collections_outbox_moves,
    collections_outbox_bundles,
    collections_outbox_workers,
    collections_outbox,
    collections_reminder_actions,
    collections_reminder_bundle,
    collections_reminder_fallback,
    collections_reminder_letter,
    collections_reminder_rule,
    collections_reminder_text,
    collections_reminder_view,
    collections_reminder,
    collections_reminder_addresses,
    collections_reminder_attachments,
    collections_reminder_builder,
    collections_reminder_event,
    collections_reminder_line,
)
