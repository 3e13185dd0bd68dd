-- The newest turn that the installation has taken ("number.random"); null while it has taken none. A database that was
-- copied goes on from a turn that the original has left behind.
ALTER TABLE instances ADD COLUMN turn TEXT;
