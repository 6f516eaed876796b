"""Derivatives of a result by every number of a run, from one reverse pass, and what they say: slopes and criticality."""
