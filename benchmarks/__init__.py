"""What the work costs, measured against a floor in the same database and the same run."""
