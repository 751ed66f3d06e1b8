-- What a member spends in an organization is counted now: the exact sum beside LiteLLM's float (0004).
alter table "LiteLLM_OrganizationMembership" add column tollweir_spend integer;
