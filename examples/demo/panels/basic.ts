import { describeRefusal, promptOnNavigation } from '../../../src/core/describe-refusal.ts';
import { protect } from '../../../src/index.ts';
import { fromServer } from '../from-server.ts';
import type { CreatePanel } from '../panel.ts';
import { byPassword } from '../people/by-password.ts';
import { PEOPLE } from '../people/people.ts';

const WHO_AM_I = '/basic/whoami';

export const basicPanel: CreatePanel = (onEvent, parts) => {
  const staff = byPassword('Staff', parts);
  const whoAmI = protect(
    staff,
    (_request, { principal, scheme, ambient }) => Response.json({ principal, scheme, ambient }),
    { refuse: promptOnNavigation(describeRefusal), onEvent, context: fromServer },
  );

  return {
    id: 'basic',
    title: 'Basic',
    about: `
      <p>A user name and a password with each request (RFC 7617). The demo knows
      ${PEOPLE.map((user) => `<code>${user.username}</code> with <code>${user.plaintextPassword}</code>`).join(' and ')}, and whoever
      has <a href="/register">registered</a>, but for those with a second factor: a password alone would be a way around it.</p>
      <p>To this page’s own requests the challenge is called <code>xBasic</code>, so that the browser keeps its password
      dialog to itself. Open the protected page, and the dialog appears.</p>`,
    fields: [
      { name: 'username', label: 'User name', value: 'ada' },
      { name: 'password', label: 'Password', value: 'correct horse' },
    ],
    requests: [
      { label: 'Send', headers: [['authorization', 'Basic base64({username}:{password})']] },
      { label: 'Send without credentials', headers: [] },
      { label: 'Send a wrong password', headers: [['authorization', 'Basic base64({username}:not {password})']] },
      { label: 'Send malformed credentials', headers: [['authorization', 'Basic {username}:{password}']] },
      {
        label: 'Send twice',
        headers: [
          ['authorization', 'Basic base64({username}:{password})'],
          ['authorization', 'Basic base64({username}:{password})'],
        ],
      },
      { label: 'Send what the browser remembers', headers: [], credentials: 'same-origin' },
    ],
    path: WHO_AM_I,
    routes: new Map([[WHO_AM_I, whoAmI]]),
    curl: (origin) => `-u 'ada:correct horse' ${origin}${WHO_AM_I}`,
    links: [{ path: WHO_AM_I, text: 'Open the protected page', how: 'by the browser’s own password dialog' }],
    posts: [{ path: WHO_AM_I }],
  };
};
