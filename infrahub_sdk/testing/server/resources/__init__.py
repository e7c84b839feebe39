"""What pools hand out, and the networks and addresses that they hand out of."""
