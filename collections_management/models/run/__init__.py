"""What is due now, and whether it may go: planner, gate, runs."""

from . import (
    collections_gate,
    collections_planner_progress,
    collections_planner,
    collections_run_view,
    collections_run,
)
