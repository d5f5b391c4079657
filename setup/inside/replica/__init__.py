"""Reports from a replica: called by setup/replica."""
