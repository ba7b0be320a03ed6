"""What the classes on the overlap map turn on, as settings with units."""

from dataclasses import dataclass, field

from common_ground.analysis import values


@dataclass(frozen=True)
class Thresholds:
    """What the classes turn on; every one may be argued about, and the page shows it.

    Attributes:
        ratings: what stands in where product gave no impact or confidence.
        same_ask_level: score (0..1) from which asks that match no item count as one wish.
        min_asking_accounts: a wish that nobody planned and no open deal names is listed when at
            least this many accounts say it.
        min_asking_customers: usage speaks from this many asking accounts that use the product.
        low_use_share: usage disagrees when at most this share of them used the area in 28 days,
        falling_use_share: or when their events there fell to this share of the 28 days before,
        min_prior_events: counted only from this many events before.
        heavy_use_share: an area is heavily used when this share of active accounts used it in
            28 days,
        growing_use_share: and grows when its accounts rose to this share of those before.
        weekly_from_weeks: of the last 12 weeks; from here up an account uses a feature weekly.
    """

    ratings: values.Ratings = field(default_factory=values.Ratings)
    same_ask_level: float = 0.35
    min_asking_accounts: int = 2
    min_asking_customers: int = 3
    low_use_share: float = 0.34
    falling_use_share: float = 0.7
    min_prior_events: int = 20
    heavy_use_share: float = 0.5
    growing_use_share: float = 1.1
    weekly_from_weeks: int = 8
