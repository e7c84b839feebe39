"""GraphQL: the schema that kinds make, and how documents are run on it."""
