-- What one process at a time does for all: when it was begun last, and by whom while it runs.
create table if not exists tollweir_task (
    name text primary key not null,
    started_at timestamp(3),
    holder text,
    held_until timestamp(3)  -- a holder that has not renewed it by then is dead
);
