"""Text tables become canonical tables, marts and one published DuckDB file."""
