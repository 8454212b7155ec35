"""Small commands of users that many scripts rely on, written from their public behaviour."""
