"""Results in, file bytes out: HTML, PDF, PNG, PPTX."""
