/** What must not be there where there is no Node: whatever the library took from it would be missing in production. */
export function nodeGlobals() {
  return ['process', 'Buffer', 'require', 'global', 'setImmediate', '__dirname'].filter((name) => name in globalThis);
}
