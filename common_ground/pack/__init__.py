"""Results in, file bytes out: slides for leadership as HTML, PDF, PNG and PPTX."""
