"""The volume database: a large, consistent ledger made by SQL."""
