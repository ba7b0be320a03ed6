"""Agreements and link verdicts: the only writes apart from a build."""
