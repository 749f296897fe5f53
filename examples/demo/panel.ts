import type { SignInEvent } from '../../src/endpoints/sign-in.ts';
import type { AuthEvent, Context } from '../../src/index.ts';
import type { DemoParts } from './parts.ts';

/**
 * Makes a panel. `onEvent` goes into its `protect`, so that the page can show what the server logged; `parts` is what it shares
 * with the others.
 */
export type CreatePanel = (onEvent: LogEvent, parts: DemoParts) => Panel;

/** A scheme on the page: what is protected, and the requests to try on it. To add a scheme, add a file to `panels/`. */
export interface Panel {
  /** Names its section of the page; letters and hyphens. */
  readonly id: string;
  readonly title: string;
  /** HTML, trusted: what there is to see. */
  readonly about: string;
  /** What a person may type, prefilled. */
  readonly fields: readonly Field[];
  /** The buttons. */
  readonly requests: readonly PanelRequest[];
  /** What the buttons ask for. */
  readonly path: string;
  /** What answers, by path: what `protect` returned. A path that ends in `/*` stands for all that is below it. */
  readonly routes: ReadonlyMap<string, Handler>;
  /** What to give `curl` to be let in. */
  readonly curl: (origin: string) => string;
  /** Pages to open, without JavaScript. */
  readonly links?: readonly PageLink[];
  /** The browser has a way of its own to send these credentials: offer to post there from another site. */
  readonly posts?: readonly Post[];
}

interface PageLink {
  readonly path: string;
  readonly text: string;
  /** The rest of the sentence. */
  readonly how: string;
}

/** A form of another site. */
export interface Post {
  readonly path: string;
  /** What it sends, by name. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Hears of what `protect` decided, and of what happened at the door. */
export type LogEvent = (event: AuthEvent | SignInEvent) => void;

/** @param context What the server knows of the request: the client's address. */
export type Handler = (request: Request, context?: Partial<Context>) => Promise<Response>;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** A request that the page sends by `fetch` when its button is pressed. */
export interface PanelRequest {
  readonly label: string;
  /** Default: the panel's. */
  readonly path?: string;
  /** Name and value, in order. In a value `{name}` stands for what that field holds, and `base64(…)` for its base64. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Posts a form with these fields, their values filled in like those of headers. Default: a GET. */
  readonly form?: Readonly<Record<string, string>>;
  /** A member of the answer that goes into the panel's field of that name, for the requests after this one. */
  readonly keep?: string;
  /** `same-origin` sends what the browser remembers; default: nothing but `headers`. */
  readonly credentials?: 'omit' | 'same-origin';
}
