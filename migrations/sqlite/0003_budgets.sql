-- What is left of budgets (docs/budgets.md): amounts in whole picodollars, times in milliseconds since
-- 1970, the largest number for never.

create table if not exists tollweir_budget_scope (
    scope text primary key not null,
    spent integer not null default 0,   -- in this period, as far as journals are applied
    leased integer not null default 0,  -- the sum of this period's leases
    period integer not null default 0,
    ends_at integer not null default 9223372036854775807
);

create table if not exists tollweir_budget_lease (
    scope text not null,
    process text not null,
    amount integer not null default 0,
    period integer not null default 0,
    expires_at integer not null,
    primary key (scope, process)
);
create index if not exists tollweir_budget_lease_process_idx on tollweir_budget_lease (process);
