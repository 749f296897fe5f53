CREATE TABLE users (
  subject TEXT PRIMARY KEY,
  identifier TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT
);
