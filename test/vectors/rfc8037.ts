import type { JwsVector } from './jws-vector.ts';

/** Appendix A: the key of A.1, and the signature of A.4 that A.5 verifies. */
export const rfc8037: readonly JwsVector[] = [
  {
    section: 'RFC 8037, A.4 and A.5',
    alg: 'EdDSA',
    isDeterministic: true,
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    },
    input: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
    signature: 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  },
];
