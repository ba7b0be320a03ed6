-- model: mart_features
-- grain: one row per feature the product has (feature_id)
-- inputs: features
-- columns:
--   feature_id     varchar  key of features
--   name           varchar  as the product says
--   area           varchar  part of the product
--   description    varchar  as the product says
--   released_date  date     day it was released
select
    features.feature_id,
    features.name,
    features.area,
    features.description,
    features.released_date
from features
