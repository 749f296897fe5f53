/**
 * Conditions on what was accepted: scopes, and how lately or how well somebody signed in.
 *
 * @module countersign/guards
 */
export { anyScope, missingScopes, type ScopeNames, scopes } from './scopes.ts';
export { type StepUpOptions, stepUp } from './step-up.ts';
