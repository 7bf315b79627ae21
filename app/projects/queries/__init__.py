"""Questions about rounds, projects and their plans."""

from app.projects.queries import desk, plans, projects, rounds

__all__ = ["desk", "plans", "projects", "rounds"]
