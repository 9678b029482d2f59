"""FEEL, the expression language of diagrams and tables: text to tree to closure."""
