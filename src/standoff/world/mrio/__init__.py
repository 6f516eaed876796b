"""Multi-regional input-output tables: read what others publish, settle what does not add up, keep it in a compact folder."""
