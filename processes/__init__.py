"""What ITIL says, as pure rules: no input, output, database or wall clock."""
