import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigurationError, VisualEchoesError } from '@visual-echoes/core';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a program of this project takes: `--help` besides the options that it names. */
export interface Tool<T extends Options> {
  /** As it is called. */
  command: string;
  help: string;
  options: T;
  allowPositionals?: boolean;
}

type Arguments<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: boolean }>
>;

/**
 * Runs a program with its command line, and ends with the exit code that `main` returns or resolves to, if any. An error
 * of ours becomes one line, and the exit code 1.
 */
export async function runTool<T extends Options>(
  tool: Tool<T>,
  main: (given: Arguments<T>) => unknown,
): Promise<void> {
  try {
    const given = readArguments(tool);
    if (!given) return console.log(tool.help);
    const code = await main(given);
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    if (!(error instanceof VisualEchoesError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}

/** The command line; undefined where help is asked for. */
function readArguments<T extends Options>(tool: Tool<T>): Arguments<T> | undefined {
  const { command, options, allowPositionals = false } = tool;
  // pnpm hands over the `--` that separates its own options.
  const args = process.argv.slice(2).filter((argument) => argument !== '--');
  if (args.some((argument) => argument === '--help' || argument === '-h')) return undefined;
  try {
    return parseArgs({ args, options, allowPositionals });
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('. ')[0]}. See ${command} --help.`);
  }
}
