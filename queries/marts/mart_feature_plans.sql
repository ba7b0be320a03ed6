-- model: mart_feature_plans
-- grain: one row per feature (feature_id)
-- inputs: features
-- columns:
--   feature_id      varchar    key of features
--   feature_name    varchar    as the export says
--   is_value_event  boolean    its use is of value
--   released_date   date       null: always there, or not said
--   plans           varchar[]  plans that have it, lower case; null: all
select
    feature_id,
    name as feature_name,
    is_value_event,
    released_date,
    case
        when plans is not null then regexp_split_to_array(lower(trim(plans)), '\s*,\s*')
    end as plans
from features
