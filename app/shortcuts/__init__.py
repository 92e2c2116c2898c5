"""The keys that call commands: which they are, which are allowed, and where the user changes them."""
