import { freshRequest } from '../lib/fresh-request.mjs';

/** The first is the one that is timed: it is found first, too, by a peer that walks its list of users. */
export const USERS = [
  { username: 'ada', password: 'correct horse' },
  { username: 'bob', password: 'battery: staple' },
  { username: 'carol', password: 'P4ssw0rd, with a comma' },
  { username: 'dave', password: '~!@#$%^&*()' },
];

const encode = (text) => `Basic ${btoa(text)}`;
const withAuthorization = (authorization) => () => freshRequest({ authorization });

export const accepted = withAuthorization(encode('ada:correct horse'));
export const wrong = withAuthorization(encode('ada:correct house'));
export const malformed = withAuthorization('Basic YWRh*mNvcnJlY3QgaG9yc2U=');

export const basicCredentials = {
  good: USERS.map(({ username, password }) => ({
    subject: username,
    request: withAuthorization(encode(`${username}:${password}`)),
  })),
  bad: [
    { name: 'absent', request: () => freshRequest() },
    { name: 'wrong password', request: wrong },
    { name: 'password of another user', request: withAuthorization(encode('ada:battery: staple')) },
    { name: 'empty password', request: withAuthorization(encode('ada:')) },
    { name: 'unknown user', request: withAuthorization(encode('eve:correct horse')) },
    { name: 'malformed base64', request: malformed },
    { name: 'no colon', request: withAuthorization(encode('adacorrect horse')) },
    { name: 'truncated', request: withAuthorization(encode('ada:correct horse').slice(0, -8)) },
    { name: 'nothing after the scheme', request: withAuthorization('Basic') },
    { name: 'another scheme', request: withAuthorization(encode('ada:correct horse').replace('Basic', 'Bearer')) },
  ],
};
