/** What a value must be: `text` and `number` by themselves, `text?` may be missing, and an object has these members. */
type Shape = 'text' | 'text?' | 'number' | { readonly [name: string]: Shape };

const KEY = { kind: 'text', id: 'text' } as const;
const OWNER = { kind: 'text', subject: 'text' } as const;
const TIMES = { createdAt: 'number', expiresAt: 'number', endsAt: 'number' } as const;

/** What each verb is handed in an object. */
const CALLS: { readonly [verb: string]: readonly Shape[] } = {
  create: [KEY, { subject: 'text', epoch: 'number', data: 'text', ...TIMES }, 'number'],
  read: [KEY, 'number'],
  swap: [KEY, 'number', { usedAt: 'number', expiresAt: 'number', data: 'text' }, 'number', 'text'],
  touch: [KEY, { at: 'number', ifBefore: 'number', expiresAt: 'number' }],
  delete: [KEY, 'number'],
  list: [OWNER, { after: 'text?', limit: 'number' }, 'number'],
  endAll: [OWNER, 'number', 'text?'],
  epoch: [OWNER],
  advance: [KEY, { floor: 'number', by: 'number', ceiling: 'number', expiresAt: 'number' }, 'number'],
};

/** Reads a call off the wire: a verb and what it is handed. `undefined` where it is none. */
export function parseCall(text: string): readonly [verb: string, ...given: unknown[]] | undefined {
  let call: unknown;
  try {
    call = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(call)) return undefined;
  const [verb, ...given] = call;
  if (typeof verb !== 'string' || !Object.hasOwn(CALLS, verb)) return undefined;
  const shapes = CALLS[verb] as readonly Shape[];
  const fits = given.length <= shapes.length && shapes.every((shape, index) => isOf(shape, given[index]));
  return fits ? [verb, ...given] : undefined;
}

function isOf(shape: Shape, value: unknown): boolean {
  if (shape === 'text') return typeof value === 'string';
  if (shape === 'text?') return value === undefined || value === null || typeof value === 'string';
  // JSON has no other numbers than finite ones, but reads 1e999 as infinity.
  if (shape === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(shape).every(([name, each]) => isOf(each, (value as Record<string, unknown>)[name]));
}
