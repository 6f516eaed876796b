"""Claims: what was said, what was found, and what the model says where it has the mechanism."""
