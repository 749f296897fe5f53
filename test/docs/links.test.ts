import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Links between the documents of the repository lead somewhere. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    // The reference is generated, and its generator checks its own links.
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/api/')),
];

/** As GitHub names the anchor of a heading. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links that lead nowhere. */
function brokenIn(file: string, markdown: string): readonly string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^(https?|mailto):/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const found = path ? join(root, dirname(file), path) : join(root, file);
    if (!existsSync(found)) return [target];
    const anchors =
      anchor === undefined || found.includes('docs/api/') ? undefined : anchorsOf(readFileSync(found, 'utf8'));
    return anchors && !anchors.includes(anchor as string) ? [target] : [];
  });
}

describe('links', () => {
  test.each(DOCUMENTS)('%s', (file) => {
    expect(brokenIn(file, readFileSync(join(root, file), 'utf8'))).toEqual([]);
  });

  test.each([
    ['a file that is not there', '[x](docs/nothing.md)', ['docs/nothing.md']],
    ['a heading that is not there', '[x](README.md#no-such-heading)', ['README.md#no-such-heading']],
    ['nothing else', '[x](README.md) [y](https://example.com/z) `[z](w)`\n```md\n[q](r)\n```\n', []],
  ])('catches %s', (_name, markdown, broken) => {
    expect(brokenIn('README.md', markdown)).toEqual(broken);
  });
});
