"""How people call things: labels and short names, and from a name to the thing."""
