"""What a local Infrahub is made of, from the network to the storage."""
