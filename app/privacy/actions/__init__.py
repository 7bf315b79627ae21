"""Change what is held of people."""

from app.privacy.actions import erasing, exporting, masking, retiring

__all__ = ["erasing", "exporting", "masking", "retiring"]
