-- How a cell's text becomes a value. Text that does not fit becomes null and is counted by the build.

-- '$1,234', '1.234,56', '(1,000)', '45k', '1.2M', '12 %' and 'EUR 18 500.00' become a number.
create macro bare_number(cell) as
    regexp_replace(trim(cell), '(?i)[\s\x{00A0}\x{202F}''$€£]|usd|eur|gbp|chf', '', 'g');

-- Keeps one decimal point: where both marks occur the last one is the decimal mark; a single mark
-- before exactly three digits groups thousands only if it is a comma or repeats.
create macro plain_number(cell) as
    case
        when regexp_full_match(cell, '-?\d+(\.\d+)?') then cell
        when regexp_full_match(cell, '-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?') then replace(cell, ',', '')
        when regexp_full_match(cell, '-?\d{1,3}(\.\d{3})+,\d+')
            then replace(replace(cell, '.', ''), ',', '.')
        when regexp_full_match(cell, '-?\d{1,3}(\.\d{3}){2,}') then replace(cell, '.', '')
        when regexp_full_match(cell, '-?\d+,\d+') then replace(cell, ',', '.')
        when regexp_full_match(cell, '-?\d*\.\d+|-?\d+\.') then cell
        when regexp_full_match(cell, '-?\d+(\.\d+)?[eE][+-]?\d+') then cell
    end;

create macro signed_number(cell) as
    case
        when cell like '(%)' then '-' || cell[2:-2]
        when cell like '%-' then '-' || cell[1:-2]
        when cell like '+%' then cell[2:]
        else replace(cell, '−', '-')
    end;

create macro scaled_number(cell) as
    case lower(right(cell, 1))
        when 'k' then 1000 * try_cast(plain_number(cell[1:-2]) as decimal(28, 8))
        when 'm' then 1000000 * try_cast(plain_number(cell[1:-2]) as decimal(28, 8))
        when '%' then try_cast(plain_number(cell[1:-2]) as decimal(28, 8)) / 100
        else try_cast(plain_number(cell) as decimal(28, 8))
    end;

create macro parse_number(cell) as
    coalesce(
        try_cast(cell as decimal(28, 8)),
        cast(scaled_number(signed_number(bare_number(cell))) as decimal(28, 8))
    );

-- Where a column shows that its decimal mark is the comma, 12.000 is twelve thousand.
create macro parse_number_comma(cell) as parse_number(translate(cell, '.,', ',.'));

-- A share is written as 0.6, 60 % or 60: above 1 it can only be percent.
create macro as_share(number) as case when number > 1 then number / 100 else number end;

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
