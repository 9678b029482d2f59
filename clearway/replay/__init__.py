"""Replaying: what happened in another system, lived through again by our own processes."""
