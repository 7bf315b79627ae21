"""When everything happens, in days since the demo begins; today is the last one."""

from app.story.demo import figures

TODAY = figures.LASTS.days
MOMENTS = ("plansOpenAt", "plansCloseAt", "scoresDueAt", "saleBeginsAt", "saleEndsAt")
FIRST = dict(zip(MOMENTS, (2, 31, 45, 52, 112), strict=True))
SECOND = dict(zip(MOMENTS, (264, 294, 308, 316, TODAY + 46), strict=True))
THIRD = dict(zip(MOMENTS, (325, TODAY + 25, TODAY + 39, TODAY + 46, TODAY + 106), strict=True))
"""The three rounds; the first is made on the morning after the demo began, at whatever hour."""
START_AFTER = 120
"""How long after its round opens a project starts."""
CHOICE_OVER = FIRST["saleEndsAt"] + 15
"""Nobody moved to another project in two weeks."""
CLAIMS = CHOICE_OVER + 1
HALF_WAY = FIRST["plansOpenAt"] + START_AFTER + 90
FINAL = FIRST["plansOpenAt"] + START_AFTER + 190
