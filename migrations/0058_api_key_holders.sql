-- For whom an API key was made. Of older keys, and of those no person holds, nobody knows.
ALTER TABLE api_keys ADD COLUMN held_by text;

-- Who holds the API key that asked: approvals of before say nothing of it.
ALTER TABLE approvals ADD COLUMN key_held_by text;
