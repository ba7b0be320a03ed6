-- model: products
-- grain: one row per thing sold (product)
create table products (
    product varchar primary key,
    series varchar,
    list_price decimal(18, 2) -- workspace currency
);
