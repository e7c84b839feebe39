"""Nodes: how they are drafted, checked, saved, related, labelled and deleted."""
