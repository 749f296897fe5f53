import { cookieHeader } from '../lib/cookie-header.mjs';
import { freshRequest } from '../lib/fresh-request.mjs';
import { scanCookie } from '../lib/scan-cookie.mjs';
import { NAME } from './session-credentials.mjs';

const COOKIE = 'cookie, parseCookie';
const HONO = 'hono/utils/cookie, parse of one name';

const VALUES = ['31d4d96e407aad42', 'bQ81nPz4Lf', '5f2c9e7ab01d', 'tok_7Rk2mWcVx0'];

const subjectOf = (value) => value ?? null;
const ofHeader = (read) => (request) => {
  const header = request.headers.get('cookie');
  return header === null ? undefined : read(header);
};

const contenders = [
  {
    name: 'countersign, readCookie',
    role: 'ours',
    create:
      ({ readCookie }) =>
      (request) =>
        readCookie(request.headers.get('cookie'), NAME),
    subjectOf,
  },
  {
    name: 'floor: lazy scan',
    role: 'floor',
    create() {
      const start = `${NAME}=`;
      return ofHeader((header) => scanCookie(header, start));
    },
    subjectOf,
  },
  {
    name: COOKIE,
    role: 'peer',
    async create() {
      const { parseCookie } = await import('cookie');
      return ofHeader((header) => parseCookie(header)[NAME]);
    },
    subjectOf,
  },
  {
    name: HONO,
    role: 'peer',
    slow: true,
    async create() {
      const { parse } = await import('hono/utils/cookie');
      return ofHeader((header) => parse(header, NAME)[NAME]);
    },
    subjectOf,
  },
];

/** One cookie's value out of the header, the reading of the header included. */
function finding(count, slow) {
  const withCookie = (pair) => () => freshRequest({ cookie: cookieHeader(pair, count) });
  return {
    name: `cookie-${count}`,
    slow,
    credentials: {
      good: VALUES.map((value) => ({ subject: value, request: withCookie(`${NAME}=${value}`) })),
      bad: [
        { name: 'absent', request: () => freshRequest() },
        { name: 'other cookies only', request: withCookie('sid=1') },
        { name: 'a longer name in front', request: withCookie(`x${NAME}=planted`) },
        { name: 'a longer name behind', request: withCookie(`${NAME}2=planted`) },
        { name: 'another spelling', request: withCookie(`${NAME.toLowerCase()}=planted`) },
        { name: 'the name in a value', request: withCookie(`a=${NAME}=planted`) },
        { name: 'the name in a value, behind a blank', request: withCookie(`a=b ${NAME}=planted`) },
      ],
    },
    timed: withCookie(`${NAME}=${VALUES[0]}`),
    contenders,
    goals: [
      { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.5 },
      { label: 'cookie over countersign', of: COOKIE, per: 'ours', least: 1 },
      { label: 'hono over countersign', of: HONO, per: 'ours', least: 1 },
    ],
  };
}

export const cookieOf1 = finding(1, true);
export const cookieOf10 = finding(10);
export const cookieOf50 = finding(50);
