"""What other models stand on: remembered facts, roles, snapshots, touches."""

from . import (
    collections_cached,
    collections_customer_touching,
    collections_role,
    collections_snapshot,
    collections_touch,
    collections_touching,
)
