import { findNodeBufferFrom } from '../runtime.ts';

/** Bytes as base64url without padding (RFC 4648 §5). For ids, MACs and sealed text: up to some kilobytes. */
export function encodeBase64url(bytes: Uint8Array): string {
  return binaryToBase64url(String.fromCharCode(...bytes));
}

/** The same of bytes that are given as a string, one character up to U+00FF a byte. */
export function binaryToBase64url(binary: string): string {
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/**
 * The bytes of base64url.
 *
 * @throws DOMException On what is not base64.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/**
 * A faster {@link decodeBase64url}, where the platform has one, for text of which the caller knows that it is base64url: what
 * is none is skipped by one platform and thrown at by another. Its bytes may be part of a larger buffer.
 */
export function base64urlDecoder(): (text: string) => Uint8Array<ArrayBuffer> {
  const from = findNodeBufferFrom();
  return from ? (text) => from(text, 'base64url') : decodeBase64url;
}
