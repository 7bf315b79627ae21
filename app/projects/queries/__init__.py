"""Questions about rounds, projects and their plans."""

from app.projects.queries import projects, rounds

__all__ = ["projects", "rounds"]
