"""The functions every expression may call."""
