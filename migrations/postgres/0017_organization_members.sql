-- What a member spends in an organization is counted now: the exact sum beside LiteLLM's float (0004).
alter table "LiteLLM_OrganizationMembership" add column if not exists tollweir_spend numeric(38,0);
update "LiteLLM_OrganizationMembership" set tollweir_spend = tollweir_picodollars(spend)
    where tollweir_spend is null and spend <> 0;
drop trigger if exists tollweir_spend_was_set on "LiteLLM_OrganizationMembership";
create trigger tollweir_spend_was_set before update of spend on "LiteLLM_OrganizationMembership"
    for each row when (new.spend is distinct from old.spend
        and new.tollweir_spend is not distinct from old.tollweir_spend)
    execute function tollweir_spend_was_set();
