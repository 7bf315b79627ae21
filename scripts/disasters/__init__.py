"""What can go wrong, done on purpose: races, kills, lost and doubled events, a bad provider."""
