-- What lists of keys are sorted and filtered by, and what a rotation looks for. LiteLLM's own indexes
-- (users and teams, next resets) are there already.
create index if not exists tollweir_key_created_at on "LiteLLM_VerificationToken" (created_at, token);
create index if not exists tollweir_key_alias on "LiteLLM_VerificationToken" (key_alias);
create index if not exists tollweir_key_organization on "LiteLLM_VerificationToken" (organization_id);
create index if not exists tollweir_key_created_by on "LiteLLM_VerificationToken" (created_by);
create index if not exists tollweir_deprecated_active
    on "LiteLLM_DeprecatedVerificationToken" (active_token_id);
