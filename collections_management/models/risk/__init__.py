"""What is expected of a customer or a strategy: predictions, grades, experiments."""

from . import (
    collections_case_experiment,
    collections_case_priority,
    collections_case_risk,
    collections_experiment,
    collections_experiment_member,
    collections_prediction,
    collections_prediction_card,
    collections_prediction_model,
    collections_scoring_query,
    collections_prioritizer,
    collections_scorer,
)
