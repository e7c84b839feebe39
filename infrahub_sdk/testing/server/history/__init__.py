"""Branches: what differs between them, what conflicts, and how they are merged."""
