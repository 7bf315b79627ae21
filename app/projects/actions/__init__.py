"""Verbs: what can be done about rounds, projects and their plans."""
