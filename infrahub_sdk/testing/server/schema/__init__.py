"""The schema of a branch: what users load, and the kinds that come of it."""
