"""Who may read what of those who are audited? Dependencies that prove it."""
