"""Renders what people are told."""
