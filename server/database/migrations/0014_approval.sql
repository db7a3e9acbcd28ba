-- Creatives that somebody has to look at before they are shown.

ALTER TABLE creatives
  ADD COLUMN approval text NOT NULL DEFAULT 'approved' CHECK (approval IN ('pending', 'approved', 'rejected')),
  -- What who decided says about it.
  ADD COLUMN approval_note text NOT NULL DEFAULT '' CHECK (char_length(approval_note) <= 1000);
