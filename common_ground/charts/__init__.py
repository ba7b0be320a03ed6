"""Pure functions: frame in, plotly Figure out."""
