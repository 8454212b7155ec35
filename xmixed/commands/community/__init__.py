"""Small commands of users that many scripts rely on, written from their public behaviour.

Not here: tables for publication (`publishing/`), simulation of quantities (`clarify/`),
graphs (`graphics/`).
"""
