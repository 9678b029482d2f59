"""The portal and the HTTP API."""
