"""What runs by itself: the automated steps and what arrives from outside."""
