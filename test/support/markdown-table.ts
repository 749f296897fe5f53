export type Row = Readonly<Record<string, string>>;

/** The tables of a Markdown text, in order: each row by the titles of its columns. A row of another width is a mistake. */
export function tablesOf(markdown: string): readonly (readonly Row[])[] {
  const tables: Row[][] = [];
  let titles: readonly string[] | undefined;
  for (const line of markdown.split('\n')) {
    const cells = /^\|(.*)\|$/
      .exec(line.trim())?.[1]
      ?.split('|')
      .map((cell) => cell.trim());
    if (!cells) titles = undefined;
    else if (!titles) {
      titles = cells;
      tables.push([]);
    } else if (!cells.every((cell) => /^:?-+:?$/.test(cell))) {
      if (cells.length !== titles.length) throw new Error(`not as wide as its table: ${line}`);
      tables.at(-1)?.push(Object.fromEntries(titles.map((title, index) => [title, cells[index] as string])));
    }
  }
  return tables;
}
