"""What changes the log: leaves are appended, checkpoints signed, cosignatures taken, keys made."""
