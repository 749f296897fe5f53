import type { TotpAlgorithm } from './totp-code.ts';

/** What an authenticator app has to know beside the secret. */
export interface TotpParameters {
  readonly issuer: string;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly period: number;
}

/**
 * The URI that a QR code shows to an authenticator app, in the Key URI Format. What is the default of apps is left out: a shorter
 * text is a coarser code, which more cameras read.
 *
 * @param secret Base32 without padding.
 * @param account Checked by {@link assertLabel}.
 */
export function totpUri(
  { issuer, algorithm, digits, period }: TotpParameters,
  account: string,
  secret: string,
): string {
  const parameters = [`secret=${secret}`, `issuer=${encodeURIComponent(issuer)}`];
  if (algorithm !== 'SHA-1') parameters.push(`algorithm=${algorithm.replace('-', '')}`);
  if (digits !== 6) parameters.push(`digits=${digits}`);
  if (period !== 30) parameters.push(`period=${period}`);
  // Not by URLSearchParams, whose plus signs some apps show as such.
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${parameters.join('&')}`;
}

/**
 * Refuses what would be shown otherwise than it was meant: a colon ends the issuer, so that `Bank:ada` of one service would look
 * like an entry of another's.
 *
 * @throws TypeError Naming the option.
 */
export function assertLabel(option: string, text: string): void {
  if (typeof text !== 'string' || !/^[^:\p{Cc}\p{Cs}]{1,200}$/u.test(text)) {
    throw new TypeError(`${option}: 1 to 200 characters, none of them a colon or a control character`);
  }
}
