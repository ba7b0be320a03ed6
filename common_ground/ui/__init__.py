"""Pieces shared by pages; with app.py and pages, the only code that imports streamlit."""
