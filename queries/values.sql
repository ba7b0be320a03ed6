-- How a cell's text becomes a value. Text that does not fit becomes null and is counted by the build.

-- The currency a cell carries: '€', 'US$', 'USD 1,200.50'. A plain '$' is read as US dollars.
create macro currency_of(cell) as
    coalesce(
        case
            when cell like '%€%' then 'EUR'
            when cell like '%£%' then 'GBP'
            when cell like '%₹%' then 'INR'
            when cell like '%$%'
                then case lower(regexp_extract(cell, '([A-Za-z]*)\$', 1))
                    when 'ca' then 'CAD'
                    when 'c' then 'CAD'
                    when 'au' then 'AUD'
                    when 'a' then 'AUD'
                    when 'nz' then 'NZD'
                    when 'hk' then 'HKD'
                    else 'USD'
                end
        end,
        nullif(
            upper(
                regexp_extract(
                    cell,
                    '(?i)(?:^|[^a-z])(usd|eur|gbp|chf|cad|aud|nzd|hkd|sgd|jpy|cny|inr|sek|nok|dkk'
                    || '|pln|czk|huf|ron|brl|mxn|zar|ils|try|aed)(?:[^a-z]|$)',
                    1
                )
            ),
            ''
        )
    );

-- A number without currency, quotes, and blanks or apostrophes before groups of three digits.
-- Other blanks between digits stay, so that '12 34' is no number.
create macro bare_number(cell) as
    regexp_replace(
        regexp_replace(
            trim(
                regexp_replace(
                    translate(trim(cell), '−–', '--'),
                    '(?i)(us|ca|au|nz|hk|a|c)?\$|[€£₹"]|usd|eur|gbp|chf|cad|aud|nzd|hkd|sgd|jpy'
                    || '|cny|inr|sek|nok|dkk|pln|czk|huf|ron|brl|mxn|zar|ils|try|aed',
                    ' ', 'g'
                )
            ),
            '[\s\x{00A0}\x{202F}\x{2009}''’](\d{3})\b', '\1', 'g'
        ),
        '(^|[^\d.,\s])[\s\x{00A0}\x{202F}\x{2009}]+|[\s\x{00A0}\x{202F}\x{2009}]+([^\d.,\s]|$)',
        '\1\2', 'g'
    );

-- Keeps one decimal point: where both marks occur the last one is the decimal mark; a single mark
-- before exactly three digits groups thousands only if it is a comma or repeats.
create macro plain_number(cell) as
    case
        when regexp_full_match(cell, '-?\d+(\.\d+)?') then cell
        when regexp_full_match(cell, '-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?') then replace(cell, ',', '')
        when regexp_full_match(cell, '-?\d{1,2}(,\d{2})+,\d{3}(\.\d+)?') -- 12,34,567 of India
            then replace(cell, ',', '')
        when regexp_full_match(cell, '-?\d{1,3}(\.\d{3})+,\d+')
            then replace(replace(cell, '.', ''), ',', '.')
        when regexp_full_match(cell, '-?\d{1,3}(\.\d{3}){2,}') then replace(cell, '.', '')
        when regexp_full_match(cell, '-?\d*,\d+') then replace(cell, ',', '.')
        when regexp_full_match(cell, '-?\d*\.\d+|-?\d+\.') then cell
        when regexp_full_match(cell, '-?\d+(\.\d+)?[eE][+-]?\d+') then cell
    end;

-- '(5)' and '5-' become '-5', '+5' becomes '5'. Each macro names its cell as seldom as it can,
-- since DuckDB writes the text of the cell out at every place.
create macro signed_number(cell) as
    regexp_replace(regexp_replace(cell, '^\((.*)\)$|^(.*)-$', '-\1\2'), '^\+', '');

create macro scaled_number(cell) as
    try_cast(plain_number(regexp_replace(cell, '[kKmMbB%]$', '')) as decimal(28, 8))
    * case lower(right(cell, 1))
        when 'k' then 1000
        when 'm' then 1000000
        when 'b' then 1000000000
        when '%' then 0.01
        else 1
    end;

-- '$1,234', '1.234,56', '(1,000)', '45k', '1.2M', '12 %' and 'EUR 18 500.00' become a number.
create macro parse_number(cell) as
    coalesce(
        try_cast(cell as decimal(28, 8)),
        try_cast(scaled_number(signed_number(bare_number(cell))) as decimal(28, 8))
    );

-- Where a column shows that its decimal mark is the comma, 12.000 is twelve thousand.
create macro parse_number_comma(cell) as parse_number(translate(cell, '.,', ',.'));

-- Digits and marks of a number, to tell how its column writes the decimal mark.
create macro number_body(cell) as regexp_replace(bare_number(cell), '[-+()%kKmMbB]', '', 'g');

-- Marks that can only be read with the comma, only with the point, or either way.
create macro shows_comma(body) as
    regexp_full_match(
        body, '\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,})|(0|\d{4,}),\d+|\d{1,3}(\.\d{3}){2,}'
    );

create macro shows_point(body) as
    regexp_full_match(
        body,
        '\d{1,3}(,\d{3})+\.\d+|\d*\.(\d{1,2}|\d{4,})|(0|\d{4,})?\.\d+|\d{1,3}(,\d{2,3}){2,}(\.\d+)?'
    );

create macro is_either_mark(body) as regexp_full_match(body, '[1-9]\d{0,2}[.,]\d{3}');

-- 12.000 in a column that does not show its decimal mark waits for an answer.
create macro parse_clear_number(cell) as
    case
        when not regexp_full_match(number_body(cell), '[1-9]\d{0,2}\.\d{3}') then parse_number(cell)
    end;

-- The first of '8001;8002' or '["a", "b"]'.
create macro first_of_several(cell) as
    case
        when starts_with(trim(cell), '[') and json_valid(cell) then trim(cell) ->> '$[0]'
        else split_part(cell, ';', 1)
    end;

-- What follows the time of '09:30:00+02:00', '11:21:41 GMT-0500 (EST)', '09:30Z', '03:37 UTC'.
-- Only after a time: the end of 2026-01-05 is no offset.
create macro offset_part(cell) as
    regexp_extract(
        cell,
        '(?i):\d{2}(?:[.,]\d+)?(?: ?[ap]m)? ?'
        || '((?:z|utc|gmt)? ?(?:[+-]\d{2}:?\d{2}|[+-]\d{2})?(?: utc| gmt)?)(?: ?\(.*\))?$',
        1
    );

-- Minutes that a time is ahead of UTC; null where it does not say.
create macro minutes_of(part) as
    case
        when part = '' then null
        when not regexp_matches(part, '[+-]') then 0
        else
            case when contains(part, '-') then -1 else 1 end
            * (
                60 * cast(regexp_extract(part, '[+-](\d{2})', 1) as integer)
                + coalesce(try_cast(regexp_extract(part, '[+-]\d{2}:?(\d{2})', 1) as integer), 0)
            )
    end;

-- The list is there to look for the part once and not at every place that names it.
create macro offset_minutes(cell) as
    list_transform([offset_part(cell)], lambda part : minutes_of(part))[1];

create macro without_offset(cell) as
    regexp_replace(
        cell,
        '(?i)(:\d{2}(?:[.,]\d+)?(?: ?[ap]m)?) ?'
        || '(?:z|utc|gmt)? ?(?:[+-]\d{2}:?\d{2}|[+-]\d{2})?(?: utc| gmt)?(?: ?\(.*\))?$',
        '\1'
    );

-- An instant in UTC on the clock of the workspace.
create macro on_workspace_clock(instant) as
    (instant at time zone 'UTC') at time zone getvariable('workspace_zone');

create macro parse_boolean(cell) as
    case lower(trim(cell))
        when 'true' then true
        when 'yes' then true
        when 'y' then true
        when '1' then true
        when 'x' then true
        when 'false' then false
        when 'no' then false
        when 'n' then false
        when '0' then false
    end;

-- 'https://www.Acme.com/path', 'someone@acme.com' and 'Acme.com' become 'acme.com'.
create macro parse_domain(cell) as
    nullif(
        regexp_extract(
            lower(trim(cell)), '^(?:[a-z]+://)?(?:[^@/]*@)?(?:www\.)?([^/:?#\s]+\.[^/:?#\s]+)', 1
        ),
        ''
    );

-- Legal forms, case, accents and punctuation do not tell two companies apart.
create macro normal_name(cell) as
    trim(
        regexp_replace(
            regexp_replace(
                lower(strip_accents(cell)),
                '[.,''"()&/-]+|\b(incorporated|inc|ltd|limited|llc|corp|corporation|gmbh|ag|bv|sa'
                || '|plc|pty|co|company|oy|ab|srl|spa|kg|lp|llp|the)\b\.?',
                ' ', 'g'
            ),
            '\s+', ' ', 'g'
        )
    );

create macro is_free_mail(mail_domain) as
    mail_domain in (
        'gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'yahoo.com',
        'icloud.com', 'me.com', 'aol.com', 'gmx.de', 'gmx.net', 'web.de', 'proton.me',
        'protonmail.com', 'mail.com', 'yandex.ru', 'qq.com', '163.com', 'msn.com',
        'yahoo.co.uk', 'hotmail.co.uk', 'comcast.net', 't-online.de', 'linkedin.com',
        'facebook.com', 'twitter.com', 'x.com', 'instagram.com', 'crunchbase.com'
    );
