"""What is said over the network: HTTP, its routes and their answers."""
