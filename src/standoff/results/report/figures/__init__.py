"""Derived numbers that only the report shows: pure functions from a result."""
