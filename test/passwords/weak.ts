/** Parameters so small that a test takes no time; whatever a stored hash of the wild asks for is still allowed. */
export const WEAK = {
  argon2id: { memory: 64, passes: 2, weakerThanOwasp: true },
  scrypt: { logN: 4, weakerThanOwasp: true },
  pbkdf2: { iterations: 1000, weakerThanOwasp: true },
  bcrypt: { cost: 4, weakerThanOwasp: true },
} as const;

/** By Python's argon2-cffi, hashlib and bcrypt, of {@link PASSWORD} and a salt whose bytes are their places. */
export const PASSWORD = 'correct horse b\u00e4ttery staple';
export const MADE_BY_PYTHON = {
  argon2id: '$argon2id$v=19$m=64,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Yr4U4dM+2N2MhjIl8bwq3Y10KyYQQ87ie/P3fo78JgU',
  scrypt: '$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$2m16XpIGZOSg5VbF1WxA/oVfqmsi4X4q8DRW9J/Ky7c',
  pbkdf2: '$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$vx+iReXI4m30lDS0mkshvY0veziDZ8ZGy54Jy9Ho8Nk',
  bcrypt: '$2b$04$OJv7BujvraIcWLiWgYmcOO2yy61s5Fln2.2y0ldaAiZAfZ1tHL7/6',
  /** Other parameters: 16 MiB and not 16 kB. */
  scrypt14: '$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$xGFErEaPvqJNEn/bjKnkkbf+NYYTVAIhYzw/DHv0Svw',
  /** An old system's own form: PBKDF2-HMAC-SHA-1. */
  pbkdf2Sha1: 'pbkdf2_sha1$1000$AAECAwQFBgcICQoLDA0ODw$ouWGKl1dcPW39Wgw8+7CdNJJAOc',
} as const;
