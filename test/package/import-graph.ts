import { posix } from 'node:path';
import ts from 'typescript';

/** One import, re-export, `import()` or `import type`, in a file. */
export interface Import {
  readonly from: string;
  /** A path of the same file map, or the specifier as it stands. */
  readonly to: string;
  readonly line: number;
  /** Nothing of it is left when types are erased. */
  readonly typeOnly: boolean;
}

/**
 * Reads who imports whom.
 *
 * @param files Code by path, relative to the repository, with slashes.
 */
export function importsOf(files: ReadonlyMap<string, string>): readonly Import[] {
  return [...files].flatMap(([from, code]) => {
    const source = ts.createSourceFile(from, code, ts.ScriptTarget.ES2022, true);
    const found: Import[] = [];
    const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
      if (!specifier) return;
      // What can't be read can't be checked: it stands as its own text, and no row of any table allows it.
      const text = ts.isStringLiteralLike(specifier) ? specifier.text : specifier.getText();
      const to = text.startsWith('.') ? posix.join(posix.dirname(from), text) : text;
      found.push({ from, to, typeOnly, line: source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1 });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
      else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeExport(node));
      else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node, true);
      else if (ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText())) {
        // Of the core's own `require`, which is called like CommonJS's, only a text as the one argument is an import.
        if (node.expression.kind === ts.SyntaxKind.ImportKeyword || isCommonJs(node)) add(node.arguments[0], false);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return !name && !!namedBindings && ts.isNamedImports(namedBindings) && allTypes(namedBindings.elements);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  return isTypeOnly || (!!exportClause && ts.isNamedExports(exportClause) && allTypes(exportClause.elements));
}

function allTypes(elements: readonly { readonly isTypeOnly: boolean }[]): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly);
}

function isCommonJs({ arguments: given }: ts.CallExpression): boolean {
  return given.length === 1 && !!given[0] && ts.isStringLiteralLike(given[0]);
}

/** Files that import one another in a circle, first file again at the end; `undefined` if there is no circle. */
export function cycleIn(imports: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const cycle = visit(to, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
