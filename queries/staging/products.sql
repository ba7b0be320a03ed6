-- model: staging.products
-- grain: one row per row of an export: what an export says of a thing sold
create table staging.products (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    product_id varchar,
    product varchar not null,
    series varchar,
    list_price decimal(18, 2)
);
