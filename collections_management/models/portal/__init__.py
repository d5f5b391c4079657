"""What customers see and do by themselves."""

from . import (
    collections_portal_actions,
    collections_portal,
    collections_token,
)
