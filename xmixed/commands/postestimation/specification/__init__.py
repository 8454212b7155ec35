"""Tests of specification that are commands of their own: linktest, and those of panels."""
