"""Tests of `app/privacy`."""
