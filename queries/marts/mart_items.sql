-- model: mart_items
-- grain: one row per backlog or roadmap item (item_id)
-- inputs: items
-- columns:
--   item_id          varchar        key in the backlog, as people write it
--   title            varchar        as the backlog says
--   description      varchar        as the backlog says
--   area             varchar        part of the product
--   status           varchar        idea, planned, in_progress, released or declined
--   effort_low       decimal(9,2)   person-weeks
--   effort_likely    decimal(9,2)   person-weeks; null: needs an estimate
--   effort_high      decimal(9,2)   person-weeks
--   effort           decimal(18,4)  person-weeks, (low + 4 x likely + high) / 6; a missing end
--                                   counts as likely; null: no estimate
--   reach_own        decimal(18,2)  accounts per quarter, product's own figure; null: from usage
--   impact           decimal(9,2)   0.25, 0.5, 1, 2 or 3
--   confidence       decimal(9,4)   0..1
--   horizon          varchar        as the backlog says
--   team             varchar        who builds it, as the backlog says
--   planned_quarter  varchar        as the backlog says
--   is_planned       boolean        true = planned or in progress
--   released_date    date           day it was released
select
    items.item_id,
    items.title,
    items.description,
    items.area,
    items.status,
    items.effort_low,
    items.effort_likely,
    items.effort_high,
    cast(
        (
            coalesce(items.effort_low, items.effort_likely)
            + 4 * items.effort_likely
            + coalesce(items.effort_high, items.effort_likely)
        ) / 6
        as decimal(18, 4)
    ) as effort,
    items.reach as reach_own,
    items.impact,
    items.confidence,
    items.horizon,
    items.team,
    items.planned_quarter,
    items.status in ('planned', 'in_progress') as is_planned,
    items.released_date
from items
