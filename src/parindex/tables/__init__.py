"""The tables that flow between stages: rows of text, numbers and codes, declared once."""
