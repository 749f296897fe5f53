/**
 * The core: the contract, its composition, and the fetch handler. Schemes, grammars and bodies of refusals each have a
 * subpath of their own.
 *
 * @module countersign
 */

export { type AllAccepted, all } from './core/all.ts';
export { any } from './core/any.ts';
export type { AcceptedBy, Authenticator, Carrier, PrincipalOf } from './core/authenticator.ts';
export type { MaybePromise } from './core/chain.ts';
export type { Context, RequestLike } from './core/context.ts';
export type { CrossSiteOptions } from './core/cross-site.ts';
export { type DecideOptions, type Decision, decide } from './core/decide.ts';
export type { Effect } from './core/effects.ts';
export type { AcceptedEvent, AuthEvent, EventListener, RefusalEvent } from './core/event.ts';
export { type Mapped, map } from './core/map.ts';
export { optional } from './core/optional.ts';
export {
  ABSENT,
  type Absent,
  type Accepted,
  type Anonymous,
  accept,
  type Facts,
  type Failure,
  type Insufficient,
  insufficient,
  type Needed,
  type Outcome,
  type Rejected,
  type RejectReason,
  reject,
} from './core/outcome.ts';
export { type ProtectOptions, protect } from './core/protect.ts';
export type { Refusal, RefusalResponder } from './core/refusal.ts';
export { require } from './core/require.ts';
export { createContext } from './runtime.ts';
