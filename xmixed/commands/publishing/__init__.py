"""Tables for publication: `eststo` collects models, `estadd` adds to them, `esttab` writes them side by side.

Commands of users that many scripts rely on, written from their public behaviour. What is in the tables is
made in `estimation/publishing/`, how they are written in `render/published/`.
"""
