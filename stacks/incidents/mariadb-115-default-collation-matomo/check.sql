SELECT COUNT(*) FROM archive JOIN option_new USING (name);
