-- check: deals__product_not_listed
-- severity: warn
-- label: Deals that name a product the product list does not have
-- says: Their list price and series are unknown. Spell the product alike in both exports.
select
    deals.deal_id,
    deals.product
from deals
where
    deals.product is not null
    and (select count(*) from products) > 0
    and deals.product not in (select products.product from products)
order by deals.product, deals.deal_id
