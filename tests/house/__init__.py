"""The house itself: every part of the product is shown by a test; rules of the sources."""
