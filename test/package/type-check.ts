import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** One complaint of the compiler. */
export interface TypeProblem {
  /** Absolute, or `tsconfig` where it belongs to no file. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Compiles as `tsc -p` does, without a process of its own.
 *
 * @param project Path of a tsconfig.json: its options, and its files unless others are given.
 * @param planted Texts by absolute path that are not on disk, compiled along with the rest: for the controls.
 * @param files In place of the files that the project names.
 */
export function typeCheck(
  project: string,
  planted: ReadonlyMap<string, string> = new Map(),
  files?: readonly string[],
): readonly TypeProblem[] {
  const path = resolve(project);
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => planted.has(name) || fileExists(name);
  host.readFile = (name) => planted.get(name) ?? readFile(name);
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const text = planted.get(name);
    return text === undefined
      ? getSourceFile(name, languageVersion, ...rest)
      : ts.createSourceFile(name, text, languageVersion, true);
  };
  const program = ts.createProgram([...(files ?? fileNames), ...planted.keys()], { ...options, noEmit: true }, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => ({
    file: file?.fileName ?? 'tsconfig',
    line: file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 : 0,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
}
