-- model: products
-- grain: one row per thing sold (product)
select
    staged.product,
    min(staged.series) as series,
    min(staged.list_price) as list_price
from staging.products as staged
group by staged.product
