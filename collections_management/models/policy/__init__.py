"""What should happen: stages, segments, policies and their levels."""

from . import (
    collections_policy_part,
    collections_dunning_level,
    collections_level_channel,
    collections_policy_preview,
    collections_policy,
    collections_policy_document,
    collections_policy_version,
    collections_segment_preview,
    collections_segment,
    collections_stage,
    collections_starter,
)
