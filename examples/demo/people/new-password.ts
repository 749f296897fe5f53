/** In place of the 15 that NIST asks for where a password may be the only factor: nobody wants to type that much into a demo. */
export const MIN_LENGTH = 8;

/** In words why a new password was refused. */
export const PASSWORD_FAILURES: ReadonlyMap<string | null, string> = new Map([
  ['too_short', `A password has ${MIN_LENGTH} characters at least.`],
  ['too_long', 'That password is too long.'],
  ['malformed', 'A password has no control characters.'],
  ['breached', 'That password is in a list of leaked ones.'],
]);

/** @param name Of the form's field. */
export function newPasswordField(name: string, label: string): string {
  return `
    <div>
      <label for="new-password">${label}</label>
      <input id="new-password" name="${name}" type="password" autocomplete="new-password" aria-describedby="password-rule" required>
      <small id="password-rule">${MIN_LENGTH} characters at least. Not one of yours: this page is for trying things out.</small>
    </div>`;
}
