"""Rules about the source itself: who may import whom, what every folder says of itself."""
