'use server';

import { revalidatePath } from 'next/cache';
import { manageKeys, tokens } from '../../auth';
import { renameUser } from '../../database';
import { people } from '../../people';

/** Whoever knows the action's id may post it, with any fields: each action asks who it is, and reads them with care. */
export const rename = people.action(async ({ principal }, form: FormData) => {
  const name = form.get('name');
  if (typeof name !== 'string' || !/^[^\p{C}]{1,100}$/u.test(name)) return;
  await renameUser(principal.subject, name);
  revalidatePath('/account');
});

export const makeCredential = people.action(async ({ principal }, _before: string, form: FormData) => {
  const { subject } = principal;
  if (form.get('kind') === 'key') return (await manageKeys.create({ subject, name: 'of the account page' })).key;
  return (await tokens.issue({ subject })).token;
});
