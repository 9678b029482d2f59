"""Whom we talk to: one file per system."""
