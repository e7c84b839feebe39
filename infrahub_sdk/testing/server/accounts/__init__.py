"""Who may ask: passwords, tokens and sessions."""
