"""The day of a collector: worklist, assignment, targets, alerts."""

from . import (
    collections_absence,
    collections_alert_query,
    collections_alert_rule,
    collections_alert,
    collections_assigner,
    collections_assignment_rule,
    collections_case_collector,
    collections_collector,
    collections_target,
    collections_worklist_day,
    collections_worklist_query,
    collections_worklist_suggestion,
    collections_worklist_story,
    collections_worklist,
)
