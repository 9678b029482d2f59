"""Clearway runs a service organisation's processes from their diagrams."""
