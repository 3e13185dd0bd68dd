-- Failures that may be the machine's or the picture's: [{machine, at, code}]. They count once it is known whose they are.
ALTER TABLE jobs ADD COLUMN doubts TEXT CHECK (json_valid(doubts));
