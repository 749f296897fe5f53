import type { Import } from './import-graph.ts';

/** What one part of the source may import. */
export interface Layer {
  /** A file, or a folder with a slash at its end; the longest that fits a path is its layer. */
  readonly path: string;
  /** Other layers, besides itself. */
  readonly imports: readonly string[];
  /** Layers of which it may import types, which leave nothing behind. */
  readonly types?: readonly string[];
  /** Packages, or what they begin with. */
  readonly packages?: readonly string[];
  readonly reason: string;
}

const FOUNDATION = ['src/core/', 'src/http/', 'src/crypto/', 'src/runtime.ts'];
const ISSUERS = [...FOUNDATION, 'src/jwt/', 'src/stores/contract.ts', 'src/stores/store-of.ts'];

/** The direction of dependencies. A folder without a row may import nothing and be imported by nobody: give it one. */
export const LAYERS: readonly Layer[] = [
  {
    path: 'src/index.ts',
    imports: ['src/core/', 'src/runtime.ts'],
    reason: 'the core and nothing else: whoever needs a scheme names its subpath',
  },
  {
    path: 'src/runtime.ts',
    imports: [],
    types: ['src/core/'],
    reason: 'a leaf: the one place that reads the platform; the shape of what it makes is the core’s',
  },
  { path: 'src/http/', imports: [], reason: 'a grammar knows nothing of who uses it' },
  {
    path: 'src/crypto/',
    imports: ['src/runtime.ts'],
    packages: ['@noble/hashes/', '@oslojs/'],
    reason: 'bytes only; the platform’s fast primitives come from the one place that looks for them',
  },
  {
    path: 'src/core/',
    imports: ['src/http/', 'src/runtime.ts'],
    reason: 'decides, and must not know by which scheme, from which store, in which framework',
  },
  {
    path: 'src/jwt/',
    imports: ['src/core/', 'src/crypto/', 'src/http/', 'src/runtime.ts'],
    reason: 'signatures, claims and keys, no requests; of the core it has the context and its small tools',
  },
  {
    path: 'src/stores/contract.ts',
    imports: [],
    types: ['src/core/'],
    reason: 'what a store promises, apart from every store',
  },
  {
    path: 'src/stores/store-of.ts',
    imports: [],
    types: ['src/core/', 'src/stores/contract.ts'],
    reason: 'for whoever asks a store, not for stores',
  },
  {
    path: 'src/stores/',
    imports: ['src/stores/contract.ts'],
    types: ['src/core/'],
    reason: 'a backend knows the contract and nothing of its use',
  },
  {
    path: 'src/testing/',
    imports: ['src/core/', 'src/stores/', 'src/stores/contract.ts'],
    reason: 'tries stores, and nothing of the library imports it',
  },
  { path: 'src/session/', imports: ISSUERS, reason: 'issues credentials and asks the contract, never a backend' },
  { path: 'src/tokens/', imports: ISSUERS, reason: 'issues credentials and asks the contract, never a backend' },
  { path: 'src/passwords/', imports: ISSUERS, packages: ['@noble/hashes/'], reason: 'verifies, and asks the contract' },
  { path: 'src/guards/', imports: ISSUERS, reason: 'conditions on what was accepted' },
  {
    path: 'src/schemes/',
    imports: [...FOUNDATION, 'src/jwt/', 'src/session/', 'src/tokens/', 'src/stores/store-of.ts'],
    types: ['src/stores/contract.ts'],
    reason: 'read a request with the help of those who issue what stands in it',
  },
  {
    path: 'src/endpoints/',
    imports: [...ISSUERS, 'src/session/', 'src/tokens/', 'src/passwords/', 'src/guards/'],
    reason: 'sit on the issuers; how their credentials are read again is the schemes’ affair',
  },
  {
    path: 'src/client/',
    imports: [],
    reason: 'runs in pages that have nothing else of ours; what it shares with the endpoints is the wire',
  },
  {
    path: 'adapters/',
    imports: ['src/index.ts', 'src/core/'],
    reason: 'hand a framework’s request to the core, and the answer back; types of the framework only',
  },
];

/** The layer of a path, or `undefined` for one without a row. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.filter((layer) => (layer.path.endsWith('/') ? path.startsWith(layer.path) : path === layer.path)).sort(
    (a, b) => b.path.length - a.path.length,
  )[0];
}

/** What imports of a file map break the table, as sentences. */
export function violationsOf(imports: readonly Import[], files: ReadonlySet<string>): readonly string[] {
  return imports.flatMap((each) => {
    const fault = faultOf(each, files);
    return fault ? [`${each.from}:${each.line} imports ${each.to}: ${fault}`] : [];
  });
}

function faultOf({ from, to, typeOnly }: Import, files: ReadonlySet<string>): string | undefined {
  const layer = layerOf(from);
  if (!layer) return 'its folder has no row in the table';
  if (to.startsWith('node:')) return 'a runtime without Node has no such module';
  if (!files.has(to)) {
    if (layer.path === 'adapters/' && typeOnly) return undefined;
    return layer.packages?.some((name) => to.startsWith(name))
      ? undefined
      : 'neither a file of ours nor a package it may use';
  }
  const target = layerOf(to);
  if (target === layer) {
    const strangers = layer.path === 'src/schemes/' && schemeOf(from, files) !== schemeOf(to, files);
    return strangers ? 'no scheme imports another' : undefined;
  }
  const allowed = typeOnly ? [...layer.imports, ...(layer.types ?? [])] : layer.imports;
  return target && allowed.includes(target.path) ? undefined : `not allowed, since ${layer.path} is: ${layer.reason}`;
}

/** `basic.ts` and its own `basic-*.ts` are one scheme; another scheme's files are none of their business. */
function schemeOf(path: string, files: ReadonlySet<string>): string {
  const stem = path.replace(/\.ts$/, '');
  const owner = [...files].find((file) => stem.startsWith(`${file.replace(/\.ts$/, '')}-`));
  return owner ? schemeOf(owner, files) : stem;
}
