"""Other products that do the same work, each installed into an environment of its own."""
