/** A fenced block of a document or of a docstring. */
export interface Block {
  readonly file: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  /** What stands behind the fence: `ts`, `ts no-run`, `sh`. */
  readonly info: string;
  readonly code: string;
}

const FENCE = /^( *)(`{3,})(.*)$/;

/**
 * The fenced blocks of a Markdown text.
 *
 * @param offset How many lines stand before the text in its file.
 */
export function blocksOf(file: string, markdown: string, offset = 0): readonly Block[] {
  const blocks: Block[] = [];
  let open: { indent: string; fence: string; info: string; line: number; code: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = FENCE.exec(text) ?? [];
    if (!open) {
      if (fence) open = { indent, fence, info: info.trim(), line: index + 2 + offset, code: [] };
    } else if (fence.length >= open.fence.length && !info.trim()) {
      blocks.push({ file, line: open.line, info: open.info, code: open.code.join('\n') });
      open = undefined;
    } else {
      open.code.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text.trimStart());
    }
  }
  // A fence that nobody closes hides everything behind it.
  if (open) throw new Error(`${file}:${open.line}: the block is not closed`);
  return blocks;
}

/** The fenced blocks of a source file's docstrings. */
export function docstringBlocksOf(file: string, code: string): readonly Block[] {
  return [...code.matchAll(/^[ \t]*\/\*\*[^\n]*\n(?:[ \t]*\*[^\n]*\n)*?[ \t]*\*\//gm)].flatMap(({ 0: text, index }) => {
    const before = code.slice(0, index).split('\n').length - 1;
    return blocksOf(file, text.replace(/^[ \t]*(?:\/\*\*|\*\/|\* ?)/gm, ''), before);
  });
}
