"""The workshop of process owners: drafts, their reviews and releases, and moving records along."""
