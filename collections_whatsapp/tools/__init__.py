from . import (
    errors,
    graph_client,
    numbers,
    pacing,
    payloads,
    replies,
    signatures,
    statuses,
    template_rules,
    webhooks,
)
