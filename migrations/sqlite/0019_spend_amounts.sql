-- Rows by what they cost, for those that hardly any row does.
create index if not exists tollweir_spend_amount on "LiteLLM_SpendLogs" (spend, "startTime");
