import type { Algorithm, Jwk } from '../../src/jwt/key.ts';
import { rfc7515 } from './rfc7515.ts';
import { rfc8037 } from './rfc8037.ts';

export interface MadeOnNode {
  readonly alg: Algorithm;
  /** Private, as those in the RFCs are: it opens nothing. */
  readonly key: Jwk;
  readonly token: string;
}

const [SECRET, RSA, P256, P521] = rfc7515.map(({ key }) => key) as [Jwk, Jwk, Jwk, Jwk];
const [ED25519] = rfc8037.map(({ key }) => key) as [Jwk];
/** No RFC has one. */
const P384: Jwk = {
  kty: 'EC',
  crv: 'P-384',
  x: 'Ondozr6eGgrxBwPPNZFMq3x67bOKrR3xrhIAwIQSyNqOyYteZH3taDV8fstK41un',
  y: 'ZKFAVvSbifYwk0zbIM-LfGBLSVs3l0UPu1MlEPZjKWqkbb1OV-R562gDXjcVWbbI',
  d: 'NPKV5ZbvDm8bigydNDlPdrRvfL_X_gfKu4WUEJChkaZ5k1Mq3bL4H3TPHoQyayVm',
};

const [ISS, AUD, IAT] = ['https://id.example', 'https://api.example', 1_800_000_000];
/** What each of the tokens claims. */
export const CLAIMS = { iss: ISS, aud: AUD, sub: 'ada', iat: IAT, exp: IAT + 300, scope: 'files:read' };

/** A token of each algorithm, signed by node:crypto of Node 20. */
export const madeOnNode: readonly MadeOnNode[] = [
  {
    alg: 'HS256',
    key: SECRET,
    token:
      'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.AyGh1LxmMDVdBXkbW-71ZRuJtJr_zaJrQ1ucgNwM2eg',
  },
  {
    alg: 'HS384',
    key: SECRET,
    token:
      'eyJhbGciOiJIUzM4NCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.2-DH1hYfSq5oEXZgEyyRSwgc44NW9N7KY0ZzvneJCb4pMAMfY5LAZT4oKLuYfNQJ',
  },
  {
    alg: 'HS512',
    key: SECRET,
    token:
      'eyJhbGciOiJIUzUxMiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.ARnt8P_k6O_ViYQzZ26uC02GfWRWd9i8jql8e3W-UosDMS5uH8uRtBv-Q-0VxgnO1S86P7t77WSrWPi63KslEw',
  },
  {
    alg: 'RS256',
    key: RSA,
    token:
      'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.eCRpX9Mqimxn-aRnDoO1KzZG-lZkTCNkEtKBQLqze3oLaHvl45eHBEFwGNcLNOLESfEGRQzgrFYSVO6hB9DBEppNwsqx_gvZrmkhuslkNUUSLnQc10bE9csiKtDft3J94sQ0je_m2KhY7t3GltNoPCKwnd2mMW6eicMf2pW8TKj5uwAA1FKcI2CVajSVZvksqc1KZsODSjad1lRQvIL79Vv22koTIO825lupHwCP-u0VEQiVyqHVRljHNBx-uKb8GKRqPXlKiyul6Xvk00eXfZx1RKUwYTN_ZONX7bFCI-sgOnhFW1n9H6w1AMDofxLXMAp1dVELNe6_vZfUNCdpOg',
  },
  {
    alg: 'RS384',
    key: RSA,
    token:
      'eyJhbGciOiJSUzM4NCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.ghFO9RP1JYBLggPfpkyUmrcnEjfWfv8KYMd1zyMpiaL57fprKQfXLYPun37Vd7IQmFdRBISb2tuSLGgoZaTuq2R7Sqrkp0OSAUw7N5aAL6Z-j72g-lDmBH5MB80LO-JSN5bWGwWkdi2F9ZP-u12EAhiKi77ugYhh-7s-i3U1r1C9aBYzXeJpuYFhsmOeDdZU3GHtXti_nqiwhCUI64dPju_0psgaHD9RCrnhjawa5lhFSwkTNKg6tarAbNm5Ibq5v5OqeNf3O9nGJfBxDWLEXVT2gPPjwK0VOUpsegtzCS0VD_D2R53hK9X3r8l47Gx0ZTWSn8OcdHYFySVxi47FIw',
  },
  {
    alg: 'RS512',
    key: RSA,
    token:
      'eyJhbGciOiJSUzUxMiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.c3DrlZCSqfVilGojh_BPNVBA2gE7kimu4t5W4uDdnr8QTvfU2wK4_xwF8IUMwuwGeJ6A8M5COATTYOcsOqFBWwPQPUU2Fu8VSWf0LkY_uA9puVTnnF9w3k44Ver3fJ-u0Jv1StzUyPql6k6z-arDNOQEgejOYDD2soI16Oxw-bc9bgxlbOhpyWef3OqlTGvU1_OvZbXKmO8X6qN89bO5eDoaxAZ18j0IlZUXvGuAapW46IGoh_TZ7R7KdBKNoDc0yOzOaROwGn5ivuElOaHkD_KlQxFohcVZQQGVtAq5AZvkOf4VdHB3pcPTipTU1D3PLUOvqauw4w8shihAUop54w',
  },
  {
    alg: 'PS256',
    key: RSA,
    token:
      'eyJhbGciOiJQUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.hMJ83QIhuoKBxcJiWezQnv_JGlantEUlzpqHNnHHhIBcgt061TDZbtqLLw1cYQ_q3wyxXjEQDIx7Ua087C8ebiLp903MJUrd4F4whbq36vcTTn6L3DnJkW-RrMapcLbAyy8LpKMQq4WpdoJSE3PDv-TaGL48cCoA6PNKnvhdJjXL0q9kLJ-tMPVl2zfo8rx3iE77uSjSWy5R7w9A5uf4HpQ0DS-LcGnXTV6UGSfO6H6LY_ruHSiqOwb4_th7EodKEWzqRcSUcwadipH7Wy35fzn1QbWh61cMBWskIczIdYjDraTUGT6mz3YzeQUOa4DiRxziBgK-vqo_NJy8Qjpzeg',
  },
  {
    alg: 'PS384',
    key: RSA,
    token:
      'eyJhbGciOiJQUzM4NCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.CzoCnYpInhEwnsLoq5nHHZVfnU28YYg_3sdxnCOOGhP5BTpBORxZzkMjN6A57V75HLmbkU6IVrBlB7KmPJ_gigA0-FdcIT3mWcRTxhWUfFxfPu_zNR_NOMN6r49sycfZLPPlIJiEgQ40-6sUqnAHd03rmXB8VXnLkC_SqMCQ9Mge6GzCGmZ46hgYdKctPwOd3ud-eo_XDbTDzjIl1CiQ4EJIiZBL2KaJRHUTjo6dwfQxB1lzL9MOhofRJVXbbmv12M6B0lm1V3ltrtqglaycGQBc56Cv2YRBOFwE-I1jknxor5XM3iZ4BZJ4vKmLxryhVAvNMhSnKTdhLOF5yYwGfw',
  },
  {
    alg: 'PS512',
    key: RSA,
    token:
      'eyJhbGciOiJQUzUxMiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.XbRY3b5Nb-k2gviMrEgPto4a1qO7UheLUl81E-HHbsGEKg9Nuqy0Ky2j8PkdQIKEOuncZOnj5JqM3JwwD8o-Je1qLI1uEjigHZ1rmTYoInJIhBhNsB2FiK5eZhBuuAqJALoXmyP6trRC4m8EsUgHJg_0BYWZtwIYbrGg94jycSxNS8poGSdBFbQCbSG2zuvq3iBlFMki1xKY4p86iOQCP42C5RXWw574f4uXgsIDQQr_XIHLKV1l7tEewegm4P-Z31YLh39rgrGRigp2lcjTVzJkUFOGta6nO0lNMXEpDk552BcunuKfGfOCXziFDjfdpFIQhPR3ZtDtutLbK4Ynyw',
  },
  {
    alg: 'ES256',
    key: P256,
    token:
      'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.16tw3zliG-nlUMxw2C-Xt7P9E4-5ZIBcZxCqhVQW4MI1JGbMYVU2-uFf34Z14pbpmx-6mQ6SKEbSf_Hu5Nf9EA',
  },
  {
    alg: 'ES384',
    key: P384,
    token:
      'eyJhbGciOiJFUzM4NCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.1KlYux0ReQypKV6ydHOz9zBlWTWmS_9lCdK7P1f1OzL1TDMZOHppw6Qpce0eHq5Zq9HQnpMeTpIz3GmAejQ-tyuQjWPFnb43wjhnVA8A_eI5Kt7vhnWHmJtFrLqEkA6t',
  },
  {
    alg: 'ES512',
    key: P521,
    token:
      'eyJhbGciOiJFUzUxMiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.AHSFerjlwN41APjla-Urr9E-Ro5iTBJ4T5Ba2-i1F2aXw79E3QeKTFJf55Kl5oVasKkrh4hJniOyWDJPg87KSIS8AFmD8Pnn31xmLbDHNTXOLgdHOPlhr3wRMOxiDgLDbXxOyiYEi1TLmWuogfs6hqo6UgXu5JJljgHQywxwentLa2MY',
  },
  {
    alg: 'Ed25519',
    key: ED25519,
    token:
      'eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.hiFIxIsqT7J9l2sZv75xzL_qau_YHDuutAX_A58kIjdQnuEVvlojpIlIuRaAzs-rPazbsI07-T9hsWc0u7RfCA',
  },
  {
    alg: 'EdDSA',
    key: ED25519,
    token:
      'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwic3ViIjoiYWRhIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInNjb3BlIjoiZmlsZXM6cmVhZCJ9.eInljoOSZqBBfdjwc26dt1tdZPAjAO5vigj-CFj4NnLiv6vU6AEwyxiq314hCeZ9GMXDz2tZ6-2traL6BhX1DQ',
  },
];
