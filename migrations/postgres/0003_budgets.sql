-- What is left of budgets (docs/budgets.md): amounts in whole picodollars, times in milliseconds since
-- 1970, the largest number for never.

create table if not exists tollweir_budget_scope (
    scope text primary key,
    spent numeric(38,0) not null default 0,   -- in this period, as far as journals are applied
    leased numeric(38,0) not null default 0,  -- the sum of this period's leases
    period bigint not null default 0,
    ends_at bigint not null default 9223372036854775807
) with (fillfactor = 70);  -- written often, no column that changes is indexed

create table if not exists tollweir_budget_lease (
    scope text not null,
    process text not null,
    amount numeric(38,0) not null default 0,
    period bigint not null default 0,
    expires_at bigint not null,
    primary key (scope, process)
) with (fillfactor = 70);
create index if not exists tollweir_budget_lease_process_idx on tollweir_budget_lease (process);
