"""The migrations, oldest first; each runs while the release before it still runs."""
