import ts from 'typescript';

/**
 * The words of a file's code: identifiers, texts, regular expressions, property names, split where a name is joined
 * (`apiKey` is "api key", as `api-key` is); not its comments.
 */
export function wordsOf(code: string): readonly { readonly line: number; readonly words: string }[] {
  const source = ts.createSourceFile('file.ts', code, ts.ScriptTarget.ES2022, true);
  const found: { line: number; words: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || isText(node)) {
      const words = node.text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[^a-zA-Z0-9]+/g, ' ');
      found.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, words: words.toLowerCase() });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isText(node: ts.Node): node is ts.LiteralExpression | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}
