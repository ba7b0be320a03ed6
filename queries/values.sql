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

-- Case, accents and marks are nothing; a legal form of several words or letters (S.A., A/S, Sp. z
-- o.o., Pvt Ltd, S.A. de C.V.) is one word. analysis/account_words.py reads names alike.
create macro joined_forms(words) as
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(words, '\bsp\.? ?z ?o\.? ?o\b\.?', ' spzoo ', 'g'),
                    '\bges\.? ?m\.? ?b\.? ?h\b\.?', ' gmbh ', 'g'
                ),
                '\b(pvt|private|pty|pte)\.? (ltd|limited)\b\.?', ' ltd ', 'g'
            ),
            '\bs\.? ?(a\.?( ?p\.? ?i\.?)?|de r\.? ?l\.?) de c\.? ?v\b\.?', ' cv ', 'g'
        ),
        '\ba/s\b', ' as ', 'g'
    );

create macro plain_words(cell) as
    regexp_replace(
        joined_forms(replace(lower(strip_accents(cell)), 'ß', 'ss')),
        '\b([a-z])\.\s?([a-z])\.(?:\s?([a-z])\.)?(?:\s?([a-z])\.)?', '\1\2\3\4 ', 'g'
    );

-- Legal forms, case, accents and punctuation do not tell two companies apart.
create macro normal_name(cell) as
    trim(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    plain_words(cell),
                    '[.,''"()&/-]+|\b(incorporated|inc|ltd|limited|llc|corp|corporation|gmbh|ag|bv'
                    || '|sa|plc|pty|co|company|oy|ab|srl|spa|kg|lp|llp|nv|sas|sarl|sl|ltda|spzoo'
                    || '|ug|mbh|ohg|aps|se|oyj|asa|lda|bvba|sprl|dac|sro|kft|zrt|nyrt|doo|uab'
                    || '|ltee|the)\b\.?',
                    ' ', 'g'
                ),
                '\s(as|og|da|cv|kk)\s*$', ' '
            ),
            '\s+', ' ', 'g'
        )
    );

-- The legal form a name says, spellings of one form alike; equal names with two are two companies.
create macro legal_form(cell) as
    case
        when regexp_matches(plain_words(cell), '\b(kg|ohg)\b') then 'kg'
        when regexp_matches(plain_words(cell), '\b(gmbh|mbh|ug)\b') then 'gmbh'
        when regexp_matches(plain_words(cell), '\b(inc|incorporated|corp|corporation)\b') then 'inc'
        when regexp_matches(plain_words(cell), '\b(ltd|limited|ltee)\b') then 'ltd'
        else
            nullif(
                regexp_extract(
                    plain_words(cell),
                    '\b(ag|se|llc|llp|plc|bv|nv|sas|sarl|sa|srl|spa|sl|ab|oy|aps|spzoo|ltda|oyj|asa'
                    || '|as|lda|bvba|sprl|dac|sro|kft|zrt|nyrt|doo|uab|og|da|cv|kk)\W*$',
                    1
                ),
                ''
            )
    end;

create macro is_free_mail(mail_domain) as
    mail_domain in (
        'gmail.com', 'googlemail.com', 'outlook.com', 'outlook.de', 'outlook.fr', 'outlook.es',
        'outlook.it', 'outlook.jp', 'outlook.com.br', 'hotmail.com', 'hotmail.co.uk',
        'hotmail.de', 'hotmail.fr', 'hotmail.es', 'hotmail.it', 'live.com', 'live.co.uk',
        'live.de', 'live.fr', 'live.nl', 'live.se', 'live.it', 'msn.com', 'yahoo.com',
        'yahoo.co.uk', 'yahoo.de', 'yahoo.fr', 'yahoo.es', 'yahoo.it', 'yahoo.ca', 'yahoo.com.br',
        'yahoo.com.mx', 'yahoo.com.au', 'yahoo.co.in', 'yahoo.in', 'yahoo.co.jp', 'ymail.com',
        'rocketmail.com', 'icloud.com', 'me.com', 'mac.com', 'aol.com', 'aol.co.uk', 'gmx.de',
        'gmx.net', 'gmx.at', 'gmx.ch', 'gmx.com', 'web.de', 'freenet.de', 't-online.de',
        'arcor.de', 'posteo.de', 'mailbox.org', 'proton.me', 'protonmail.com', 'pm.me',
        'tutanota.com', 'tuta.io', 'fastmail.com', 'hey.com', 'zoho.com', 'zohomail.com',
        'mail.com', 'email.com', 'hushmail.com', 'yandex.ru', 'yandex.com', 'mail.ru', 'bk.ru',
        'inbox.ru', 'list.ru', 'rambler.ru', 'ukr.net', 'qq.com', '163.com', '126.com',
        'sina.com', 'sohu.com', 'foxmail.com', 'naver.com', 'daum.net', 'hanmail.net',
        'docomo.ne.jp', 'ezweb.ne.jp', 'rediffmail.com', 'orange.fr', 'wanadoo.fr', 'free.fr',
        'laposte.net', 'sfr.fr', 'bbox.fr', 'libero.it', 'virgilio.it', 'tiscali.it', 'alice.it',
        'tin.it', 'bluewin.ch', 'hispeed.ch', 'aon.at', 'chello.at', 'telenet.be', 'skynet.be',
        'proximus.be', 'ziggo.nl', 'kpnmail.nl', 'planet.nl', 'xs4all.nl', 'home.nl', 'telia.com',
        'bredband.net', 'online.no', 'mail.dk', 'wp.pl', 'o2.pl', 'onet.pl', 'op.pl',
        'interia.pl', 'gazeta.pl', 'seznam.cz', 'centrum.cz', 'email.cz', 'azet.sk',
        'freemail.hu', 'citromail.hu', 'abv.bg', 'sapo.pt', 'terra.es', 'telefonica.net',
        'uol.com.br', 'bol.com.br', 'terra.com.br', 'ig.com.br', 'prodigy.net.mx',
        'btinternet.com', 'btopenworld.com', 'sky.com', 'virginmedia.com', 'ntlworld.com',
        'talktalk.net', 'eircom.net', 'comcast.net', 'verizon.net', 'att.net', 'sbcglobal.net',
        'bellsouth.net', 'cox.net', 'charter.net', 'earthlink.net', 'juno.com', 'shaw.ca',
        'rogers.com', 'sympatico.ca', 'bigpond.com', 'bigpond.net.au', 'optusnet.com.au',
        'xtra.co.nz', 'linkedin.com', 'facebook.com', 'twitter.com', 'x.com', 'instagram.com',
        'crunchbase.com'
    );
