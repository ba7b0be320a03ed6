"""Brief: where do we stand, in one screen?"""

from common_ground.ui import frame

page = frame.page("Where do we stand?", "brief")
published = frame.published(page)
