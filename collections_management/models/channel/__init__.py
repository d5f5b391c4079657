"""The ways to a customer."""

from . import (
    collections_channel,
    collections_channel_activity,
    collections_channel_email,
    collections_channel_letter,
    collections_channel_sms,
    collections_channel_switch,
    collections_letter_batch,
    collections_letter_pdf,
)
