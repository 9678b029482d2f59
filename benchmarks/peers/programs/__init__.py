"""Programs that do one product's share of the work when they are told to, over a pipe."""
