"""Ways in: the program's arguments, the prompt with completion, do-files in batch, JSON.

What a command means is decided below; here lines are fetched and output is shown.
"""
