"""Who will pay late, and when: pure functions over documents, days and amounts."""

from . import (
    curves,
    documents,
    features,
    history,
    judge,
    learned,
    model,
    prior,
    reasons,
)
