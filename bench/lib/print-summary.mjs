/** Prints the figures of all scenarios, and what became of each goal. */
export function printSummary(summaries) {
  printTable(
    ['scenario', 'contender', 'µs', 'range', 'CPU µs', '× floor'],
    summaries.flatMap(({ name, rows, floor }) =>
      rows.map((row) => [
        name,
        row.name,
        figure(row.median),
        `${figure(row.least)}–${figure(row.most)}`,
        figure(row.cpu),
        figure(row.median / floor.median),
      ]),
    ),
  );
  printTable(
    ['scenario', 'goal', 'value', 'range', 'bar', 'verdict'],
    summaries.flatMap(({ name, verdicts }) =>
      verdicts.map(({ label, value, range, most, least, passed }) => [
        name,
        label,
        figure(value),
        range.map(figure).join('–'),
        most === undefined ? (least === undefined ? '' : `≥ ${least}`) : `≤ ${most}`,
        passed === undefined ? '' : passed ? 'pass' : 'FAIL',
      ]),
    ),
  );
}

function printTable(head, body) {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  console.log(['', line(head), rule, ...body.map(line)].join('\n'));
}

/** Three digits that mean something. */
function figure(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
