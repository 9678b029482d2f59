"""What arrives from other systems, turned into commands."""
