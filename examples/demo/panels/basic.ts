import { describeRefusal, promptOnNavigation } from '../../../src/core/describe-refusal.ts';
import { protect } from '../../../src/index.ts';
import { basic } from '../../../src/schemes/basic.ts';
import type { CreatePanel } from '../panel.ts';

/** Two people who exist in this demo only. The page shows their passwords, so they are secret from nobody. */
const users = [
  { username: 'ada', plaintextPassword: 'correct horse', role: 'admin' },
  { username: 'josé', plaintextPassword: 'mañana: sí', role: 'reader' },
];

export const basicPanel: CreatePanel = (onEvent) => {
  const staff = basic({ realm: 'Staff', users });

  return {
    id: 'basic',
    title: 'Basic',
    about: `
      <p>A user name and a password with each request (RFC 7617). The demo knows
      ${users.map((user) => `<code>${user.username}</code> with <code>${user.plaintextPassword}</code>`).join(' and ')}.</p>
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
    path: '/basic/whoami',
    handler: protect(
      staff,
      (_request, { principal, scheme, ambient }) => Response.json({ principal, scheme, ambient }),
      {
        refuse: promptOnNavigation(describeRefusal),
        onEvent,
      },
    ),
    curl: "-u 'ada:correct horse'",
    ambient: true,
  };
};
