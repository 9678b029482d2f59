"""Diagrams as files: tidied, laid out, drawn, described and compared; nothing here runs one."""
