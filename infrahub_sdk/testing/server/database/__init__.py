"""The rows of the data, in which anything is found, ordered and searched."""
