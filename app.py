"""Common Ground: the window, its pages in the order of a meeting, and nothing else."""

from common_ground.ui import frame

frame.run_app()
