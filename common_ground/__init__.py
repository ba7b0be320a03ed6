"""Common Ground: the page sales and product can both stand on, from their own exports."""

__version__ = "0.1.0"
