"""Tests of the house itself: that every part of the product is shown by a test, and rules of the sources."""
