from . import (
    account_news,
    errors,
    example_document,
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
